//! What a query selects from.

use super::Parsed;
use super::cursor::Cursor;
use crate::expr::{Expr, Join, JoinKind, Relation};
use crate::name::ObjectName;
use crate::shared::Shared;

impl Cursor<'_> {
    /// A relation and what is joined to it.
    pub(super) fn relation(&mut self) -> Parsed<Relation> {
        self.level(|cursor| {
            let mut left = cursor.single()?;
            while let Some(kind) = cursor.join_kind()? {
                let right = cursor.single()?;
                let (on, using) = cursor.condition(kind)?;
                left = Relation::Join(Shared::new(Join {
                    left,
                    kind,
                    right,
                    on,
                    using,
                }));
                cursor.link()?;
            }
            Ok(left)
        })
    }

    fn single(&mut self) -> Parsed<Relation> {
        if self.at_word("LATERAL") || self.at_word("ONLY") {
            return Err(self.unexpected("a table"));
        }
        let found = if self.at_operator("(") {
            let query = |cursor: &mut Self| cursor.query().map(Shared::new);
            let inner = self.parenthesised(|cursor| {
                if cursor.at_query() {
                    query(cursor).map(Ok)
                } else {
                    cursor.relation().map(Err)
                }
            })?;
            match inner {
                Ok(query) => Relation::Query(query, self.alias()?),
                Err(relation) => relation,
            }
        } else {
            let name = self.object()?;
            if self.at_operator("(") {
                return Err(self.error("a function in FROM is not held"));
            }
            Relation::Table(name, self.alias()?)
        };
        if self.at_operator("(") {
            return Err(self.error("an alias with columns is not held"));
        }
        Ok(found)
    }

    /// The name of a table or view.
    fn object(&mut self) -> Parsed<ObjectName> {
        let first = self.name()?;
        if self.accept(".") {
            return Ok(ObjectName::qualified(first, self.name()?));
        }
        Ok(ObjectName::new(first))
    }

    fn join_kind(&mut self) -> Parsed<Option<JoinKind>> {
        if self.at_word("NATURAL") {
            return Err(self.error("NATURAL JOIN is not held: name the columns"));
        }
        let kinds = [
            ("LEFT", JoinKind::Left),
            ("RIGHT", JoinKind::Right),
            ("FULL", JoinKind::Full),
        ];
        for (word, kind) in kinds {
            if self.word(word) {
                self.word("OUTER");
                self.expect_word("JOIN")?;
                return Ok(Some(kind));
            }
        }
        if self.words(&["CROSS", "JOIN"]) {
            return Ok(Some(JoinKind::Cross));
        }
        let inner = self.words(&["INNER", "JOIN"]) || self.word("JOIN");
        Ok(inner.then_some(JoinKind::Inner))
    }

    fn condition(&mut self, kind: JoinKind) -> Parsed<(Option<Expr>, Vec<String>)> {
        if self.word("ON") {
            return Ok((Some(self.expr()?), Vec::new()));
        }
        if self.word("USING") {
            return Ok((None, self.parenthesised(|cursor| cursor.comma(Self::name))?));
        }
        if self.lexicon.double_colon && kind != JoinKind::Cross {
            return Err(self.unexpected("ON or USING"));
        }
        Ok((None, Vec::new()))
    }
}
