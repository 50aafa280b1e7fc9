//! The spelling of expressions.

use super::Writer;
use super::strength::{self, Strength};
use crate::dialect::Unsupported;
use crate::expr::{Expr, Negated, Quantifier};
use crate::shared::Shared;

type Text = Result<String, Unsupported>;

impl Writer<'_> {
    pub(super) fn expr(&self, expr: &Expr) -> Text {
        Ok(match expr {
            Expr::Null => "NULL".to_owned(),
            Expr::Bool(value) => self.0.boolean(*value).to_owned(),
            Expr::Number(digits) => digits.clone(),
            Expr::String(text) => self.0.string(text),
            Expr::Bytes(bytes) => self.0.bytes(bytes),
            Expr::Column(path) => self.path(path),
            Expr::Star(None) => "*".to_owned(),
            Expr::Star(Some(table)) => format!("{}.*", self.0.identifier(table)),
            Expr::Now => self.0.now().to_owned(),
            Expr::Today => "CURRENT_DATE".to_owned(),
            Expr::TimeOfDay => "CURRENT_TIME".to_owned(),
            Expr::Verbatim { dialect, text } => return self.verbatim(dialect, text),
            Expr::Exists(query) => format!("EXISTS ({})", self.query(query)?),
            Expr::Subquery(query) => format!("({})", self.query(query)?),
            Expr::Array(items) => return self.0.array(&self.each(items)?),
            Expr::Row(items) => format!("({})", self.list(items)?),
            Expr::Case(operand, branches, otherwise) => {
                return self.case(operand.as_deref(), branches, otherwise.as_deref());
            }
            Expr::Cast(inner, to) => {
                format!("CAST({} AS {})", self.expr(inner)?, self.0.cast_type(to)?)
            }
            Expr::Call(call) => return self.call(call),
            operation => return self.operation(operation),
        })
    }

    fn operation(&self, expr: &Expr) -> Text {
        Ok(match expr {
            Expr::Unary(operator, inner) => return self.unary(operator, inner),
            Expr::Binary(left, operator, right) => return self.binary(left, operator, right),
            Expr::Is(inner, word, negated) => {
                format!("{} IS {}{word}", self.term(inner)?, not(*negated))
            }
            Expr::In(inner, items, negated) if matches!(items.as_slice(), [Expr::Subquery(_)]) => {
                // `IN ((SELECT ...))` compares with every row on some databases.
                let operator = match negated {
                    Negated::No => "=",
                    Negated::Yes => "<>",
                };
                return self.binary(inner, operator, &items[0]);
            }
            Expr::In(inner, items, negated) => {
                format!(
                    "{} {}IN ({})",
                    self.term(inner)?,
                    not(*negated),
                    self.list(items)?
                )
            }
            Expr::InQuery(inner, query, negated) => {
                format!(
                    "{} {}IN ({})",
                    self.term(inner)?,
                    not(*negated),
                    self.query(query)?
                )
            }
            Expr::Between(inner, low, high, negated) => format!(
                "{} {}BETWEEN {} AND {}",
                self.term(inner)?,
                not(*negated),
                self.term(low)?,
                self.term(high)?
            ),
            Expr::Quantified(left, operator, quantifier, right) => {
                return self.quantified(left, operator, *quantifier, right);
            }
            Expr::Subscript(array, index) => {
                self.0.operator("[]")?;
                format!("{}[{}]", self.subscripted(array)?, self.expr(index)?)
            }
            Expr::Collate(inner, name) => format!(
                "{} COLLATE {}",
                self.at_least(inner, Strength::Atom)?,
                self.0.identifier(name)
            ),
            _ => unreachable!("only operations are rendered here"),
        })
    }

    /// An expression with parentheses around it if it is held together more loosely than needed.
    fn at_least(&self, expr: &Expr, needed: Strength) -> Text {
        let text = self.expr(expr)?;
        Ok(if strength::of(expr) < needed {
            format!("({text})")
        } else {
            text
        })
    }

    /// An operand of a predicate.
    pub(super) fn term(&self, expr: &Expr) -> Text {
        self.at_least(expr, Strength::Other)
    }

    fn path(&self, path: &[String]) -> String {
        let quoted: Vec<_> = path.iter().map(|name| self.0.identifier(name)).collect();
        quoted.join(".")
    }

    fn verbatim(&self, dialect: &str, text: &str) -> Text {
        if dialect == self.0.id() {
            return Ok(text.to_owned());
        }
        let shown: String = text.chars().take(80).collect();
        Err(Unsupported {
            product: self.0.product(),
            what: format!("evaluate `{shown}`"),
            reason: format!(
                "it is written for {dialect} and has no neutral meaning; give this database a \
                 wording of its own"
            ),
        })
    }

    fn unary(&self, operator: &str, inner: &Expr) -> Text {
        let spelled = self.0.operator(operator)?;
        Ok(if operator == "NOT" {
            format!("{spelled} {}", self.at_least(inner, Strength::Not)?)
        } else if matches!(operator, "-" | "+") && matches!(inner, Expr::Number(_)) {
            // A sign in front of digits would be read as part of the number.
            format!("{spelled}({})", self.expr(inner)?)
        } else {
            format!("{spelled}{}", self.at_least(inner, Strength::Atom)?)
        })
    }

    fn binary(&self, left: &Expr, operator: &str, right: &Expr) -> Text {
        let spelled = self.0.operator(operator)?;
        let own = strength::of_operator(operator);
        let (first, second) = match own {
            Strength::Predicate => (Strength::Other, Strength::Other),
            Strength::Other if same_operator(left, operator) => (Strength::Other, Strength::Atom),
            Strength::Other => (Strength::Atom, Strength::Atom),
            Strength::Or => (own, Strength::And),
            Strength::And => (own, Strength::Not),
            Strength::Sum => (own, Strength::Product),
            _ => (own, Strength::Sign),
        };
        let left = self.at_least(left, first)?;
        if let (true, Some((pattern, escape))) = (operator.ends_with("LIKE"), escaped(right)) {
            let (pattern, escape) = (self.term(pattern)?, self.term(escape)?);
            return Ok(format!("{left} {spelled} {pattern} ESCAPE {escape}"));
        }
        if operator.starts_with("IS ") && matches!(right, Expr::Null | Expr::Bool(_)) {
            // `x IS NULL` is another predicate.
            return Ok(format!("{left} {spelled} ({})", self.expr(right)?));
        }
        let right = self.at_least(right, second)?;
        Ok(format!("{left} {spelled} {right}"))
    }

    fn quantified(&self, left: &Expr, op: &str, quantifier: Quantifier, right: &Expr) -> Text {
        let word = match quantifier {
            Quantifier::Any => "ANY",
            Quantifier::All => "ALL",
        };
        let spelled = match (self.0.operator(&format!("{op} {word}")), right) {
            (Ok(spelled), _) => spelled,
            (Err(refusal), right) => {
                return self
                    .membership(left, op, quantifier, right)
                    .unwrap_or(Err(refusal));
            }
        };
        let right = match right {
            Expr::Subquery(query) => self.query(query)?,
            array => self.expr(array)?,
        };
        Ok(format!("{} {spelled} ({right})", self.term(left)?))
    }

    /// `= ANY` and `<> ALL` as `IN` and `NOT IN`, for dialects without the former.
    fn membership(&self, left: &Expr, op: &str, how: Quantifier, right: &Expr) -> Option<Text> {
        let negated = match (op, how) {
            ("=", Quantifier::Any) => Negated::No,
            ("<>", Quantifier::All) => Negated::Yes,
            _ => return None,
        };
        let left = Shared::new(left.clone());
        match right {
            Expr::Array(items) => Some(self.expr(&Expr::In(left, items.clone(), negated))),
            Expr::Subquery(query) => Some(self.expr(&Expr::InQuery(left, query.clone(), negated))),
            _ => None,
        }
    }

    /// What can stand in front of a subscript without parentheses: a column.
    fn subscripted(&self, array: &Expr) -> Text {
        let text = self.expr(array)?;
        Ok(match array {
            Expr::Column(_) | Expr::Subscript(..) | Expr::Subquery(_) => text,
            _ => format!("({text})"),
        })
    }

    fn case(&self, operand: Option<&Expr>, branches: &[(Expr, Expr)], last: Option<&Expr>) -> Text {
        let mut text = "CASE".to_owned();
        if let Some(operand) = operand {
            text += &format!(" {}", self.expr(operand)?);
        }
        for (when, then) in branches {
            text += &format!(" WHEN {} THEN {}", self.expr(when)?, self.expr(then)?);
        }
        if let Some(last) = last {
            text += &format!(" ELSE {}", self.expr(last)?);
        }
        Ok(text + " END")
    }
}

fn not(negated: Negated) -> &'static str {
    match negated {
        Negated::No => "",
        Negated::Yes => "NOT ",
    }
}

fn same_operator(expr: &Expr, operator: &str) -> bool {
    matches!(expr, Expr::Binary(_, own, _) if own == operator)
}

/// The pattern and the escape character of a `LIKE`'s right side.
fn escaped(expr: &Expr) -> Option<(&Expr, &Expr)> {
    match expr {
        Expr::Call(call) if call.name == "like_escape" => match call.args.as_slice() {
            [pattern, escape] => Some((pattern, escape)),
            _ => None,
        },
        _ => None,
    }
}
