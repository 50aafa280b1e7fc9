//! Cutting files into statements.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| limosa_tests::property::no_byte_is_lost(text));
