//! Random trees, for the laws that hold of all of them.

use proptest::prelude::*;

use super::testing::{Big, Small};
use super::{
    Body, Cte, Expr, Join, JoinKind, Lexicon, Negated, Ordering, Quantifier, Query, Relation,
    Select, SetOp, render, render_query,
};
use crate::datatype::DataType;
use crate::name::ObjectName;
use crate::shared::{List, Shared};

fn name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-c]", Just("select".to_owned()), Just("A \"b".to_owned())]
}

fn negated() -> impl Strategy<Value = Negated> {
    prop_oneof![Just(Negated::No), Just(Negated::Yes)]
}

fn leaf() -> BoxedStrategy<Expr> {
    prop_oneof![
        Just(Expr::Null),
        any::<bool>().prop_map(Expr::Bool),
        prop_oneof!["[1-9]{1,3}", "-[1-9]", "[1-9]\\.[0-9]"].prop_map(Expr::Number),
        "['a\\\\ {}]{0,4}".prop_map(Expr::String),
        prop::collection::vec(any::<u8>(), 0..3).prop_map(Expr::Bytes),
        prop::collection::vec(name(), 1..3).prop_map(Expr::Column),
        Just(Expr::Now),
        Just(Expr::Today),
        Just(Expr::call("count", vec![Expr::Star(None)])),
    ]
    .boxed()
}

/// The operators that both test dialects have.
fn operator() -> impl Strategy<Value = String> {
    let common = [
        "=",
        "<>",
        "<",
        ">=",
        "AND",
        "OR",
        "+",
        "-",
        "*",
        "/",
        "%",
        "||",
        "->",
        "->>",
        "ILIKE",
        "NOT ILIKE",
        "IS DISTINCT FROM",
        "IS NOT DISTINCT FROM",
        "&",
        "|",
    ];
    prop::sample::select(common.to_vec()).prop_map(str::to_owned)
}

fn only_big() -> impl Strategy<Value = String> {
    let more = [
        "^",
        "LIKE",
        "NOT LIKE",
        "SIMILAR TO",
        "@>",
        "~",
        "!~*",
        "AT TIME ZONE",
        "#>>",
        "?",
    ];
    prop::sample::select(more.to_vec()).prop_map(str::to_owned)
}

fn boxed(expr: Expr) -> Shared<Expr> {
    Shared::new(expr)
}

/// Trees of what both test dialects can say.
fn common() -> BoxedStrategy<Expr> {
    leaf().prop_recursive(4, 24, 3, |inner| {
        let items = prop::collection::vec(inner.clone(), 1..3);
        prop_oneof![
            4 => (inner.clone(), operator(), inner.clone()).prop_map(|(a, op, b)| Expr::binary(a, &op, b)),
            2 => (prop::sample::select(vec!["-", "NOT", "~", "+"]), inner.clone()).prop_map(unary),
            1 => (inner.clone(), prop::sample::select(vec!["NULL", "TRUE", "FALSE"]), negated())
                .prop_map(|(a, word, negated)| Expr::Is(boxed(a), word.to_owned(), negated)),
            1 => (inner.clone(), items.clone(), negated())
                .prop_map(|(a, items, negated)| Expr::In(boxed(a), with_null(items).into(), negated)),
            1 => (inner.clone(), inner.clone(), inner.clone(), negated())
                .prop_map(|(a, b, c, negated)| Expr::Between(boxed(a), boxed(b), boxed(c), negated)),
            1 => (prop::option::of(inner.clone()), inner.clone(), inner.clone(), prop::option::of(inner.clone()))
                .prop_map(|(a, b, c, d)| Expr::Case(a.map(boxed), vec![(b, c)].into(), d.map(boxed))),
            1 => items.clone().prop_map(|items| Expr::call("f", items)),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| Expr::Row(vec![a, b].into())),
            1 => inner.clone().prop_map(|a| Expr::Cast(boxed(a), DataType::Integer)),
            1 => (inner.clone(), name()).prop_map(|(a, name)| Expr::Collate(boxed(a), name)),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| {
                Expr::binary(a, "ILIKE", Expr::call("like_escape", vec![b, c]))
            }),
            1 => query(inner.clone()).prop_map(|query| Expr::Subquery(Shared::new(query))),
            1 => query(inner.clone()).prop_map(|query| Expr::Exists(Shared::new(query))),
            1 => (inner.clone(), query(inner), negated())
                .prop_map(|(a, query, negated)| Expr::InQuery(boxed(a), Shared::new(query), negated)),
        ]
    })
    .boxed()
}

/// A query alone in a list is written otherwise.
fn with_null(mut items: Vec<Expr>) -> Vec<Expr> {
    if matches!(items.as_slice(), [Expr::Subquery(_)]) {
        items.push(Expr::Null);
    }
    items
}

/// A sign before a number is part of the number.
fn unary((operator, inner): (&str, Expr)) -> Expr {
    match inner {
        Expr::Number(digits) if operator == "-" && !digits.starts_with('-') => {
            Expr::Number(format!("-{digits}"))
        }
        inner => Expr::Unary(operator.to_owned(), boxed(inner)),
    }
}

/// Trees of all that the tree can hold.
fn all() -> BoxedStrategy<Expr> {
    common()
        .prop_recursive(3, 12, 3, |inner| {
            let operator = prop_oneof![operator(), only_big()];
            let compare = prop::sample::select(vec!["=", "<>", "<", "ILIKE"]);
            let quantifier = prop_oneof![Just(Quantifier::Any), Just(Quantifier::All)];
            prop_oneof![
                (inner.clone(), operator, inner.clone())
                    .prop_map(|(a, op, b)| Expr::binary(a, &op, b)),
                (inner.clone(), compare, quantifier, inner.clone()).prop_map(|(a, op, how, b)| {
                    Expr::Quantified(boxed(a), op.to_owned(), how, boxed(b))
                }),
                (inner.clone(), inner.clone())
                    .prop_map(|(a, b)| Expr::Subscript(boxed(a), boxed(b))),
                prop::collection::vec(inner.clone(), 0..3)
                    .prop_map(|items| Expr::Array(items.into())),
                (inner.clone(), inner.clone())
                    .prop_map(|(a, b)| Expr::call("position", vec![a, b])),
                inner
                    .clone()
                    .prop_map(|a| Expr::call("extract", vec![Expr::String("year".to_owned()), a])),
                inner.prop_map(|a| Expr::Cast(
                    boxed(a),
                    DataType::Array(Shared::new(DataType::Text))
                )),
            ]
        })
        .boxed()
}

fn relation() -> impl Strategy<Value = Relation> {
    let table = (name(), prop::option::of(name()))
        .prop_map(|(table, alias)| Relation::Table(ObjectName::new(table), alias));
    table.prop_recursive(3, 6, 2, |inner| {
        (inner.clone(), inner).prop_map(|(left, right)| {
            Relation::Join(Shared::new(Join {
                left,
                kind: JoinKind::Left,
                right,
                on: Some(Expr::Bool(true)),
                using: Vec::new(),
            }))
        })
    })
}

fn query(expr: impl Strategy<Value = Expr> + Clone + 'static) -> BoxedStrategy<Query> {
    let ordering = (expr.clone(), any::<bool>(), prop::option::of(any::<bool>())).prop_map(
        |(expr, descending, nulls_first)| Ordering {
            expr,
            descending,
            nulls_first,
        },
    );
    (
        body(expr.clone()),
        prop::collection::vec(ordering, 0..2),
        prop::option::of(expr.clone()),
        prop::option::of(name()),
    )
        .prop_map(|(body, order_by, limit, cte)| Query {
            with: cte.into_iter().map(one).collect(),
            recursive: false,
            body,
            order_by: order_by.into(),
            limit,
            offset: None,
        })
        .boxed()
}

fn one(name: String) -> Cte {
    let body = Body::Values(vec![vec![Expr::Number("1".to_owned())]].into());
    let query = Query {
        with: List::new(),
        recursive: false,
        body,
        order_by: List::new(),
        limit: None,
        offset: None,
    };
    Cte {
        name,
        columns: Vec::new(),
        query,
    }
}

fn body(expr: impl Strategy<Value = Expr> + Clone + 'static) -> BoxedStrategy<Body> {
    let columns = prop::collection::vec((expr.clone(), prop::option::of(name())), 1..3);
    let select = (
        any::<bool>(),
        columns,
        prop::option::of(relation()),
        prop::option::of(expr),
    );
    select
        .prop_map(|(distinct, columns, from, filter)| {
            Body::Select(Shared::new(Select {
                distinct,
                columns: columns.into(),
                from: from.into_iter().collect(),
                filter,
                ..Select::default()
            }))
        })
        .boxed()
}

/// Selects joined by set operators in any shape.
fn sets() -> BoxedStrategy<Query> {
    let operator = prop_oneof![
        Just(SetOp::Union),
        Just(SetOp::Intersect),
        Just(SetOp::Except)
    ];
    body(leaf())
        .prop_recursive(3, 8, 2, move |inner| {
            (inner.clone(), operator.clone(), any::<bool>(), inner)
                .prop_map(|(a, op, all, b)| Body::Set(Shared::new(a), op, all, Shared::new(b)))
        })
        .prop_map(|body| Query {
            body,
            ..one(String::new()).query
        })
        .boxed()
}

proptest! {
    #[test]
    fn what_is_written_reads_back(tree in all()) {
        let text = render(&tree, &Big).unwrap();
        prop_assert_eq!(Expr::try_parse(&text, &Lexicon::POSTGRES), Ok(tree), "{}", text);
    }

    #[test]
    fn what_is_written_reads_back_where_precedence_differs(tree in common()) {
        let text = render(&tree, &Small).unwrap();
        prop_assert_eq!(Expr::try_parse(&text, &Lexicon::SQLITE), Ok(tree), "{}", text);
    }

    #[test]
    fn queries_read_back(query in prop_oneof![query(leaf()), sets()]) {
        let text = render_query(&query, &Big).unwrap();
        prop_assert_eq!(Query::parse(&text, &Lexicon::POSTGRES), Ok(query), "{}", text);
    }

    #[test]
    fn the_normal_form_is_final(tree in all()) {
        let normal = tree.normal();
        prop_assert_eq!(normal.normal(), normal);
    }

    #[test]
    fn renaming_there_and_back_changes_nothing(tree in all()) {
        let case = crate::name::Case::Sensitive;
        let mut renamed = tree.clone();
        renamed.rename_column("a", "fresh", case);
        prop_assert!(!renamed.columns().contains(&"a".to_owned()));
        renamed.rename_column("fresh", "a", case);
        prop_assert_eq!(renamed, tree);
    }

    #[test]
    fn any_text_is_read_or_refused(
        text in "([a-c]|[0-9.]|[-+*/<>=~!@|&^?]|[()\\[\\],;:'\"$ ]| NOT | IN | IS | NULL | CASE | WHEN | THEN | END | SELECT | FROM | ARRAY| BETWEEN | AND |::text|E'|trim\\(|extract\\(){0,24}",
    ) {
        for lexicon in [Lexicon::POSTGRES, Lexicon::SQLITE] {
            if let Ok(tree) = Expr::try_parse(&text, &lexicon) {
                let normal = tree.normal();
                prop_assert_eq!(normal.normal(), normal);
            }
            let _ = Query::parse(&text, &lexicon);
            DataType::parse(&text, &lexicon);
        }
    }
}
