//! Connection URLs.
#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| limosa_tests::property::urls_keep_their_secret(text));
