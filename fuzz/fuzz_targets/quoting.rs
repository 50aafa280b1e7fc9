//! Names and strings in quotes.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| limosa_tests::property::quoting_goes_round(text));
