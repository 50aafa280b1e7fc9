//! Reading and writing expressions.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| limosa_tests::property::expressions_are_stable(text));
