//! Reading files and statements.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| limosa_tests::property::reading_never_panics(text));
