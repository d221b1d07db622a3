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

# A Python with the official safetensors library, for the tests and the tour; REINIT_PYTHON names it.
need_python() {
  local venv="$root/.venv"
  if [ ! -x "$venv/bin/python" ]; then
    command -v python3 >/dev/null || need_packages python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv
    python3 -m venv "$venv"
  fi
  "$venv/bin/python" -c "import ${1:-safetensors, numpy}" 2>/dev/null ||
    "$venv/bin/pip" install --quiet --disable-pip-version-check safetensors numpy >&2
  export REINIT_PYTHON="$venv/bin/python"
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

# A Python with torch and others to compare with; about a gigabyte. REINIT_TORCH_PYTHON names it.
need_torch() {
  local venv="$root/.venv-compare"
  if ! "$venv/bin/python" -c 'import torch, torchvision, safetensors, scipy, jax, onnxruntime' 2>/dev/null; then
    say "installing torch, torchvision, jax and onnxruntime"
    command -v python3 >/dev/null || need_packages python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check torch torchvision safetensors numpy scipy jax onnx onnxruntime \
      onnxscript >&2
  fi
  export REINIT_TORCH_PYTHON="$venv/bin/python"
}

# A Python with Keras and Flax, both on JAX. REINIT_FRAMEWORKS_PYTHON names it.
need_frameworks() {
  local venv="$root/.venv-frameworks"
  if ! "$venv/bin/python" -c 'import jax, flax, keras, safetensors' 2>/dev/null; then
    say "installing jax, flax and keras"
    command -v python3 >/dev/null || need_packages python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check jax flax keras safetensors numpy >&2
  fi
  export REINIT_FRAMEWORKS_PYTHON="$venv/bin/python"
}

# A Python with transformers, diffusers and peft, in the versions that the notes were read in. REINIT_LIBRARIES_PYTHON names it.
need_libraries() {
  local venv="$root/.venv-libraries"
  if ! "$venv/bin/python" -c 'import torch, torchvision, timm, transformers, diffusers, peft, safetensors' 2>/dev/null; then
    say "installing torch, timm, transformers, diffusers and peft"
    command -v python3 >/dev/null || need_packages python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check torch torchvision timm 'transformers==5.24.*' 'diffusers==0.42.*' 'peft==0.21.*' safetensors numpy >&2
  fi
  export REINIT_LIBRARIES_PYTHON="$venv/bin/python"
}

# A Python with pytest, torch and transformers, for the tests of the Python package. REINIT_PACKAGE_PYTHON names it.
need_package_python() {
  local venv="$root/.venv-package"
  if ! "$venv/bin/python" -c 'import torch, transformers, safetensors, pytest' 2>/dev/null; then
    say "installing torch, transformers and pytest"
    command -v python3 >/dev/null || need_packages python3
    python3 -c 'import ensurepip, venv' 2>/dev/null || need_packages python3-venv
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check 'torch==2.13.*' 'transformers==5.24.*' safetensors numpy pytest >&2
  fi
  export REINIT_PACKAGE_PYTHON="$venv/bin/python"
}

# Builds the release command line, and further products that are named; prints where they are.
build_release() {
  local product
  for product in reinit "$@"; do (cd "$root" && swift build -c release --product "$product" >&2); done
  (cd "$root" && swift build -c release --show-bin-path)
}

# What building plugins in four languages needs besides.
# Open MPI, for the tests that start several processes as one command.
need_mpi() {
  need_packages openmpi-bin
}

need_plugins() {
  need_build
  need_packages make gcc g++ binutils
  command -v cargo >/dev/null || need_packages cargo
}
