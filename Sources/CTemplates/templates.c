// The examples in Plugins/Examples are the templates of `reinit plugin new`. They are a part of the program, which then
// needs no folder of its own to be found, wherever it is copied to.

#include "templates.h"

#include <stddef.h>

#if !defined(__has_embed)
#error "a compiler with #embed is needed: clang 19 or later, as Swift 6.2 brings one"
#endif
#pragma clang diagnostic ignored "-Wc23-extensions"

#define TEXT (const char *)(const unsigned char[])

static const struct reinit_template_file files[] = {
    {"c-function/.github/workflows/ci.yml", TEXT{
#embed "../../Plugins/Examples/c-function/.github/workflows/ci.yml" suffix(, 0)
    }},
    {"c-function/.gitignore", TEXT{
#embed "../../Plugins/Examples/c-function/.gitignore" suffix(, 0)
    }},
    {"c-function/Makefile", TEXT{
#embed "../../Plugins/Examples/c-function/Makefile" suffix(, 0)
    }},
    {"c-function/README.md", TEXT{
#embed "../../Plugins/Examples/c-function/README.md" suffix(, 0)
    }},
    {"c-function/manifest.json", TEXT{
#embed "../../Plugins/Examples/c-function/manifest.json" suffix(, 0)
    }},
    {"c-function/my_plugin.c", TEXT{
#embed "../../Plugins/Examples/c-function/my_plugin.c" suffix(, 0)
    }},
    {"c-initializer/.github/workflows/ci.yml", TEXT{
#embed "../../Plugins/Examples/c-initializer/.github/workflows/ci.yml" suffix(, 0)
    }},
    {"c-initializer/.gitignore", TEXT{
#embed "../../Plugins/Examples/c-initializer/.gitignore" suffix(, 0)
    }},
    {"c-initializer/Makefile", TEXT{
#embed "../../Plugins/Examples/c-initializer/Makefile" suffix(, 0)
    }},
    {"c-initializer/README.md", TEXT{
#embed "../../Plugins/Examples/c-initializer/README.md" suffix(, 0)
    }},
    {"c-initializer/my_plugin.c", TEXT{
#embed "../../Plugins/Examples/c-initializer/my_plugin.c" suffix(, 0)
    }},
    {"c-layer/.github/workflows/ci.yml", TEXT{
#embed "../../Plugins/Examples/c-layer/.github/workflows/ci.yml" suffix(, 0)
    }},
    {"c-layer/.gitignore", TEXT{
#embed "../../Plugins/Examples/c-layer/.gitignore" suffix(, 0)
    }},
    {"c-layer/Makefile", TEXT{
#embed "../../Plugins/Examples/c-layer/Makefile" suffix(, 0)
    }},
    {"c-layer/README.md", TEXT{
#embed "../../Plugins/Examples/c-layer/README.md" suffix(, 0)
    }},
    {"c-layer/my_plugin.c", TEXT{
#embed "../../Plugins/Examples/c-layer/my_plugin.c" suffix(, 0)
    }},
    {"cxx-initializer/.github/workflows/ci.yml", TEXT{
#embed "../../Plugins/Examples/cxx-initializer/.github/workflows/ci.yml" suffix(, 0)
    }},
    {"cxx-initializer/.gitignore", TEXT{
#embed "../../Plugins/Examples/cxx-initializer/.gitignore" suffix(, 0)
    }},
    {"cxx-initializer/Makefile", TEXT{
#embed "../../Plugins/Examples/cxx-initializer/Makefile" suffix(, 0)
    }},
    {"cxx-initializer/README.md", TEXT{
#embed "../../Plugins/Examples/cxx-initializer/README.md" suffix(, 0)
    }},
    {"cxx-initializer/my_plugin.cpp", TEXT{
#embed "../../Plugins/Examples/cxx-initializer/my_plugin.cpp" suffix(, 0)
    }},
    {"cxx-layer/.github/workflows/ci.yml", TEXT{
#embed "../../Plugins/Examples/cxx-layer/.github/workflows/ci.yml" suffix(, 0)
    }},
    {"cxx-layer/.gitignore", TEXT{
#embed "../../Plugins/Examples/cxx-layer/.gitignore" suffix(, 0)
    }},
    {"cxx-layer/Makefile", TEXT{
#embed "../../Plugins/Examples/cxx-layer/Makefile" suffix(, 0)
    }},
    {"cxx-layer/README.md", TEXT{
#embed "../../Plugins/Examples/cxx-layer/README.md" suffix(, 0)
    }},
    {"cxx-layer/my_plugin.cpp", TEXT{
#embed "../../Plugins/Examples/cxx-layer/my_plugin.cpp" suffix(, 0)
    }},
    {"rust-initializer/.cargo/config.toml", TEXT{
#embed "../../Plugins/Examples/rust-initializer/.cargo/config.toml" suffix(, 0)
    }},
    {"rust-initializer/.github/workflows/ci.yml", TEXT{
#embed "../../Plugins/Examples/rust-initializer/.github/workflows/ci.yml" suffix(, 0)
    }},
    {"rust-initializer/.gitignore", TEXT{
#embed "../../Plugins/Examples/rust-initializer/.gitignore" suffix(, 0)
    }},
    {"rust-initializer/Cargo.lock", TEXT{
#embed "../../Plugins/Examples/rust-initializer/Cargo.lock" suffix(, 0)
    }},
    {"rust-initializer/Cargo.toml", TEXT{
#embed "../../Plugins/Examples/rust-initializer/Cargo.toml" suffix(, 0)
    }},
    {"rust-initializer/Makefile", TEXT{
#embed "../../Plugins/Examples/rust-initializer/Makefile" suffix(, 0)
    }},
    {"rust-initializer/README.md", TEXT{
#embed "../../Plugins/Examples/rust-initializer/README.md" suffix(, 0)
    }},
    {"rust-initializer/src/lib.rs", TEXT{
#embed "../../Plugins/Examples/rust-initializer/src/lib.rs" suffix(, 0)
    }},
    {"rust-layer/.cargo/config.toml", TEXT{
#embed "../../Plugins/Examples/rust-layer/.cargo/config.toml" suffix(, 0)
    }},
    {"rust-layer/.github/workflows/ci.yml", TEXT{
#embed "../../Plugins/Examples/rust-layer/.github/workflows/ci.yml" suffix(, 0)
    }},
    {"rust-layer/.gitignore", TEXT{
#embed "../../Plugins/Examples/rust-layer/.gitignore" suffix(, 0)
    }},
    {"rust-layer/Cargo.lock", TEXT{
#embed "../../Plugins/Examples/rust-layer/Cargo.lock" suffix(, 0)
    }},
    {"rust-layer/Cargo.toml", TEXT{
#embed "../../Plugins/Examples/rust-layer/Cargo.toml" suffix(, 0)
    }},
    {"rust-layer/Makefile", TEXT{
#embed "../../Plugins/Examples/rust-layer/Makefile" suffix(, 0)
    }},
    {"rust-layer/README.md", TEXT{
#embed "../../Plugins/Examples/rust-layer/README.md" suffix(, 0)
    }},
    {"rust-layer/src/lib.rs", TEXT{
#embed "../../Plugins/Examples/rust-layer/src/lib.rs" suffix(, 0)
    }},
    {"swift-initializer/.github/workflows/ci.yml", TEXT{
#embed "../../Plugins/Examples/swift-initializer/.github/workflows/ci.yml" suffix(, 0)
    }},
    {"swift-initializer/.gitignore", TEXT{
#embed "../../Plugins/Examples/swift-initializer/.gitignore" suffix(, 0)
    }},
    {"swift-initializer/Makefile", TEXT{
#embed "../../Plugins/Examples/swift-initializer/Makefile" suffix(, 0)
    }},
    {"swift-initializer/Package.swift", TEXT{
#embed "../../Plugins/Examples/swift-initializer/Package.swift" suffix(, 0)
    }},
    {"swift-initializer/README.md", TEXT{
#embed "../../Plugins/Examples/swift-initializer/README.md" suffix(, 0)
    }},
    {"swift-initializer/Sources/my_plugin.swift", TEXT{
#embed "../../Plugins/Examples/swift-initializer/Sources/my_plugin.swift" suffix(, 0)
    }},
    {"swift-layer/.github/workflows/ci.yml", TEXT{
#embed "../../Plugins/Examples/swift-layer/.github/workflows/ci.yml" suffix(, 0)
    }},
    {"swift-layer/.gitignore", TEXT{
#embed "../../Plugins/Examples/swift-layer/.gitignore" suffix(, 0)
    }},
    {"swift-layer/Makefile", TEXT{
#embed "../../Plugins/Examples/swift-layer/Makefile" suffix(, 0)
    }},
    {"swift-layer/Package.swift", TEXT{
#embed "../../Plugins/Examples/swift-layer/Package.swift" suffix(, 0)
    }},
    {"swift-layer/README.md", TEXT{
#embed "../../Plugins/Examples/swift-layer/README.md" suffix(, 0)
    }},
    {"swift-layer/Sources/my_plugin.swift", TEXT{
#embed "../../Plugins/Examples/swift-layer/Sources/my_plugin.swift" suffix(, 0)
    }},
    {NULL, NULL},
};

const struct reinit_template_file *reinit_template_files(void) { return files; }
