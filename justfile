set positional-arguments

target := env("CARGO_TARGET_DIR", "target")

# The gateway that writes the generated files: a built binary, or cargo run.
portico := env("PORTICO_BINARY", "cargo run --quiet -p portico --")

# List the recipes.
[private]
default:
    @just --list --unsorted

# Install missing dependencies of the demo, or of the tests: `just setup --tests`.
setup *ARGS:
    @script/setup "$@"

# The program for photos is built too: it stands beside the gateway's.
#
# Serve a demo with a private database: `just demo --fresh --port 0`.
demo *ARGS:
    @cargo build --quiet -p portico -p portico-content
    @"{{ target }}/debug/portico" demo "$@"

# Run the tests with a private PostgreSQL and Redis: `just test -p portico-core money`.
test *ARGS:
    # Started directly: `cargo run` would hold cargo's build lock while the tests run.
    @cargo build --quiet --workspace --bin portico-devstack --bin portico-content
    @"{{ target }}/debug/portico-devstack" run -- cargo nextest run "$@"

# Compare two worlds that differ only in secrets: `just worlds 50000`, or with another seed, `just worlds 50000 7`.
worlds OPERATIONS SEED="20261122":
    @PORTICO_WORLDS_OPERATIONS="$1" PORTICO_WORLDS_SEED="${2:-20261122}" "{{ just_executable() }}" test -p portico --test it --success-output immediate no_difference

# Fuzz GraphQL operations, as each role: `just fuzz 600`, or with another seed, `just fuzz 600 7`.
fuzz SECONDS="30" SEED="":
    @PORTICO_FUZZ_SECONDS="$1" PORTICO_FUZZ_SEED="${2:-$(date +%s)}" "{{ just_executable() }}" test -p portico --test it --success-output immediate every_generated_operation

# Soak test: send unique operations as four roles, check memory and latency: `just soak 3600`.
soak SECONDS="120":
    @PORTICO_SOAK_SECONDS="$1" "{{ just_executable() }}" test --run-ignored only --test-threads 1 --no-capture -E 'binary(it) & test(/^operations::soak::/)'

# Run the examples in the documentation.
test-docs:
    @cargo test --quiet --doc --workspace

# Measure the gateway, its peers and baselines over seeded data: `just bench --rounds 3 --out tables.md`.
bench *ARGS:
    #!/usr/bin/env bash
    set -euo pipefail
    cargo build --quiet --release -p portico -p portico-bench
    peers=bench/peers
    wanted=$(cat "$peers"/.npmrc "$peers"/package.json "$peers"/package-lock.json | sha256sum)
    if [[ $(cat "$peers/node_modules/.installed" 2>/dev/null) != "$wanted" ]]; then
        (cd "$peers" && npm ci)
        printf '%s\n' "$wanted" > "$peers/node_modules/.installed"
    fi
    exec "{{ target }}/release/portico-bench" run --state "{{ target }}/bench" "$@"

# Check format, lints and, if cargo-deny is installed, dependencies.
lint:
    cargo fmt --all --check
    cargo clippy --quiet --workspace --all-targets -- -D warnings
    @if cargo deny --version >/dev/null 2>&1; then cargo deny --offline check bans licenses sources; fi

# Regenerate the generated files; the types of the example portal need `script/setup --tests`.
schema:
    #!/usr/bin/env bash
    set -euo pipefail
    # All files are generated before any is replaced, on the same disk, so that each replacement is atomic.
    mkdir -p "{{ target }}"
    fresh=$(mktemp -d "$(realpath "{{ target }}")/generated.XXXXXX")
    trap 'rm -rf "$fresh"' EXIT
    "{{ just_executable() }}" generate "$fresh"
    (cd "$fresh" && find . -type f -print) | while read -r file; do
        cmp -s "$fresh/$file" "$file" || mv "$fresh/$file" "$file"
    done
    (cd examples/portal && npm run --silent codegen)

# Fail if a generated file is not current.
schema-check:
    #!/usr/bin/env bash
    set -euo pipefail
    fresh=$(mktemp -d)
    trap 'rm -rf "$fresh"' EXIT
    "{{ just_executable() }}" generate "$fresh"
    current=yes
    while read -r file; do
        diff -u --label "$file (kept)" --label "$file (generated)" "$file" "$fresh/$file" || current=
    done < <(cd "$fresh" && find . -type f -print)
    if [[ -z $current ]]; then
        echo 'generated files are not current: run `just schema`' >&2
        exit 1
    fi
    (cd examples/portal && npm run --silent codegen:check && npm run --silent check)

# Generate all files into a folder with this layout.
[private]
generate folder:
    @{{ portico }} schema > "{{ folder }}/schema.graphql"
    @mkdir -p "{{ folder }}/examples/portal"
    @{{ portico }} schema --as client > "{{ folder }}/examples/portal/schema.graphql"
