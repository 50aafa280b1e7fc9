//! Queries.

use super::Parsed;
use super::cursor::Cursor;
use super::words::reserved;
use crate::expr::{Body, Cte, Expr, Ordering, Query, Select, SetOp, TokenKind};
use crate::shared::Shared;

impl Cursor<'_> {
    /// Whether a query starts here, within parentheses of its own or not.
    pub(super) fn at_query(&self) -> bool {
        let mut distance = 0;
        while self
            .ahead(distance)
            .is_some_and(|token| token.is_operator("("))
        {
            distance += 1;
        }
        let starts = ["SELECT", "VALUES", "WITH"];
        let first = self.ahead(distance);
        first.is_some_and(|token| starts.iter().any(|word| token.is_word(word)))
            && (distance == 0 || self.is_whole_query(distance))
    }

    /// Whether what the inner parentheses hold is the query and not an operand of an expression, as
    /// in `((SELECT 1) + 1)`.
    fn is_whole_query(&self, opened: usize) -> bool {
        let mut depth = 0_usize;
        let mut distance = 0;
        while let Some(token) = self.ahead(distance) {
            if token.is_operator("(") {
                depth += 1;
            } else if token.is_operator(")") {
                match depth {
                    0 => return false,
                    _ => depth -= 1,
                }
                if depth < opened {
                    let next = self.ahead(distance + 1);
                    let on = ["UNION", "INTERSECT", "EXCEPT", "ORDER", "LIMIT", "OFFSET"];
                    return next.is_some_and(|next| {
                        next.is_operator(")") || on.iter().any(|word| next.is_word(word))
                    });
                }
            }
            distance += 1;
        }
        false
    }

    pub(super) fn query(&mut self) -> Parsed<Query> {
        self.level(|cursor| {
            let (with, recursive) = cursor.with()?;
            let body = cursor.body(0)?;
            let order_by = if cursor.words(&["ORDER", "BY"]) {
                cursor.comma(Self::ordering)?
            } else {
                Vec::new()
            };
            let mut query = Query {
                with: with.into(),
                recursive,
                body,
                order_by: order_by.into(),
                limit: None,
                offset: None,
            };
            cursor.limits(&mut query)?;
            Ok(query)
        })
    }

    fn with(&mut self) -> Parsed<(Vec<Cte>, bool)> {
        if !self.word("WITH") {
            return Ok((Vec::new(), false));
        }
        let recursive = self.word("RECURSIVE");
        Ok((self.comma(Self::cte)?, recursive))
    }

    fn cte(&mut self) -> Parsed<Cte> {
        let name = self.name()?;
        let columns = self.names()?;
        self.expect_word("AS")?;
        let query = self.parenthesised(Self::query)?;
        Ok(Cte {
            name,
            columns,
            query,
        })
    }

    /// `(a, b)`, if it comes next.
    pub(super) fn names(&mut self) -> Parsed<Vec<String>> {
        if self.at_operator("(") {
            self.parenthesised(|cursor| cursor.comma(Self::name))
        } else {
            Ok(Vec::new())
        }
    }

    fn ordering(&mut self) -> Parsed<Ordering> {
        let expr = self.expr()?;
        let descending = self.word("DESC");
        if !descending {
            self.word("ASC");
        }
        let nulls_first = if self.words(&["NULLS", "FIRST"]) {
            Some(true)
        } else if self.words(&["NULLS", "LAST"]) {
            Some(false)
        } else {
            None
        };
        Ok(Ordering {
            expr,
            descending,
            nulls_first,
        })
    }

    /// `LIMIT` and `OFFSET`, in any order.
    fn limits(&mut self, query: &mut Query) -> Parsed<()> {
        loop {
            if query.limit.is_none() && self.word("LIMIT") {
                if self.word("ALL") {
                    continue;
                }
                query.limit = Some(self.expr()?);
                if self.at_operator(",") {
                    return Err(self.error("`LIMIT x, y` is not held: write OFFSET"));
                }
            } else if query.offset.is_none() && self.word("OFFSET") {
                query.offset = Some(self.expr()?);
                let _ = self.word("ROWS") || self.word("ROW");
            } else {
                return Ok(());
            }
        }
    }

    /// Selects and the set operators between them; `INTERSECT` binds tighter in the standard, as tight
    /// as the others in `SQLite`.
    fn body(&mut self, least: u8) -> Parsed<Body> {
        self.level(|cursor| {
            let mut left = cursor.operand()?;
            while let Some((operator, strength)) = cursor.set_operator() {
                if strength < least {
                    break;
                }
                cursor.next();
                let all = cursor.word("ALL");
                if !all {
                    cursor.word("DISTINCT");
                }
                let right = cursor.body(strength + 1)?;
                left = Body::Set(Shared::new(left), operator, all, Shared::new(right));
                cursor.link()?;
            }
            Ok(left)
        })
    }

    fn set_operator(&self) -> Option<(SetOp, u8)> {
        let token = self.peek()?;
        let intersect = u8::from(self.lexicon.double_colon);
        if token.is_word("UNION") {
            Some((SetOp::Union, 0))
        } else if token.is_word("EXCEPT") {
            Some((SetOp::Except, 0))
        } else if token.is_word("INTERSECT") {
            Some((SetOp::Intersect, intersect))
        } else {
            None
        }
    }

    fn operand(&mut self) -> Parsed<Body> {
        if self.at_operator("(") {
            let query = self.parenthesised(Self::query)?;
            let plain = query.with.is_empty()
                && query.order_by.is_empty()
                && query.limit.is_none()
                && query.offset.is_none();
            return Ok(if plain {
                query.body
            } else {
                Body::Query(Shared::new(query))
            });
        }
        if self.word("VALUES") {
            let rows =
                self.comma(|cursor| cursor.parenthesised(|cursor| cursor.comma(Self::expr)))?;
            return Ok(Body::Values(rows.into()));
        }
        self.expect_word("SELECT")?;
        let select = self.select()?;
        Ok(Body::Select(Shared::new(select)))
    }

    fn select(&mut self) -> Parsed<Select> {
        let mut select = Select {
            distinct: self.word("DISTINCT"),
            ..Select::default()
        };
        if select.distinct && self.at_word("ON") {
            return Err(self.error("DISTINCT ON is not held"));
        }
        if !select.distinct {
            self.word("ALL");
        }
        if !self.at_word("FROM") || !self.lexicon.double_colon {
            select.columns = self.comma(Self::item)?.into();
        }
        if self.word("FROM") {
            select.from = self.comma(Self::relation)?.into();
        }
        if self.word("WHERE") {
            select.filter = Some(self.expr()?);
        }
        if self.words(&["GROUP", "BY"]) {
            select.group_by = self.comma(Self::group_key)?.into();
        }
        if self.word("HAVING") {
            select.having = Some(self.expr()?);
        }
        Ok(select)
    }

    fn group_key(&mut self) -> Parsed<Expr> {
        let sets = ["ROLLUP", "CUBE", "GROUPING"];
        let called = self
            .ahead(1)
            .is_some_and(|next| next.is_operator("(") || next.is_word("SETS"));
        if called && sets.iter().any(|word| self.at_word(word)) {
            return Err(self.error("grouping sets are not held"));
        }
        self.expr()
    }

    fn item(&mut self) -> Parsed<(Expr, Option<String>)> {
        let expr = self.expr()?;
        Ok((expr, self.alias()?))
    }

    /// `[AS] name`.
    pub(super) fn alias(&mut self) -> Parsed<Option<String>> {
        if self.word("AS") {
            return self.name().map(Some);
        }
        let implied = match self.peek() {
            Some(token) if token.kind == TokenKind::Word => !reserved(token.text),
            Some(token) => token.kind == TokenKind::Quoted,
            None => false,
        };
        if implied {
            self.name().map(Some)
        } else {
            Ok(None)
        }
    }
}
