# What can be done here.
[private]
default:
    @just --list --unsorted

# Format, lints, documentation and all tests, as CI does; arguments are filters for the tests
test *filters:
    ./scripts/test {{filters}}

# The tests on PostgreSQL 14, 16, 17 and 18
test-matrix *arguments:
    ./scripts/test-matrix {{arguments}}

# Format check, clippy and documentation without warnings
lint:
    ./scripts/lint

# Format the code
fmt:
    cargo fmt --all

# Build the documentation and open it
doc:
    cargo doc --workspace --no-deps --open

# Measure Limosa against the other tools (docs/performance.md)
bench *arguments:
    ./scripts/bench {{arguments}}

# Put Limosa and the other tools into the same bad situations (docs/reliability.md)
peers *arguments:
    ./scripts/peers {{arguments}}

# Kills, crowds, poolers, pools and random migrations, with as many cases as you like
soak *arguments:
    ./scripts/soak {{arguments}}

# Fuzz the splitter, the parser, expressions, quoting and URLs, each for so many seconds (needs nightly and cargo-fuzz)
fuzz seconds="60":
    for target in splitter parser expression quoting url; do \
        mkdir -p fuzz/corpus/$target && cp fuzz/corpus/texts fuzz/corpus/$target/ && \
        cargo +nightly fuzz run $target -- -max_total_time={{seconds}} -max_len=512 || exit 1; \
    done
