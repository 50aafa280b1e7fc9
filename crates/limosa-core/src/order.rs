//! Sorting, compiled once for everything that is sorted.

use std::cmp::Ordering;
use std::mem;

/// Sorts items; those that compare equal keep their order.
///
/// The standard library's sorting is compiled for each type and comparison, and takes 10 kB each time.
/// Here places are sorted, always in the same way.
pub(crate) fn sort_by<T>(items: &mut Vec<T>, compare: impl Fn(&T, &T) -> Ordering) {
    let order = places(items.len(), &|a, b| compare(&items[a], &items[b]));
    let mut unsorted: Vec<Option<T>> = mem::take(items).into_iter().map(Some).collect();
    items.extend(order.into_iter().filter_map(|place| unsorted[place].take()));
}

/// The places of a list's items in order.
fn places(count: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut places: Vec<usize> = (0..count).collect();
    places.sort_by(|a, b| compare(*a, *b));
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: &str) {
        let mut words: Vec<&str> = text.split(' ').collect();
        sort_by(&mut words, |a, b| a.len().cmp(&b.len()));
        assert_eq!(words.join(" "), expected);
    }

    #[test]
    fn equal_items_keep_their_order() {
        check("", "");
        check("one", "one");
        check("ccc bb aa d", "d bb aa ccc");
        check("b a d c", "b a d c");
    }
}
