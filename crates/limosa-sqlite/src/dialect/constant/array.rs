//! Arrays, which are JSON text here, as `array_to_json` would show them (manual section 8.15.2).

use limosa_core::constant::json;
use limosa_core::datatype::DataType;
use limosa_core::dialect::Unsupported;
use limosa_core::expr::Expr;

use super::{Held, is_constant, refused};

/// An element: a value, or an array again.
enum Element {
    Null,
    Value(String),
    List(Vec<Element>),
}

/// The array that a text such as `{1,NULL,"a b"}` stands for.
pub(super) fn of_text(text: &str, item: &DataType) -> Held {
    let no_array = || refused(text, "an array", "it is not of the form {a,b}");
    let mut rest = text.trim();
    let list = list(&mut rest).filter(|_| rest.is_empty());
    let list = list.ok_or_else(no_array)?;
    let mut out = String::new();
    print(&list, item, &mut out)?;
    Ok(Expr::String(out))
}

/// The elements of an array of one dimension that a text stands for.
pub(in super::super) fn elements(text: &str, item: &DataType) -> Option<Vec<Expr>> {
    let mut rest = text.trim();
    let list = list(&mut rest).filter(|_| rest.is_empty())?;
    let value = |one: Element| match one {
        Element::Null => Some(Expr::Null),
        Element::Value(text) => super::of(&Expr::String(text), item).ok(),
        Element::List(_) => None,
    };
    list.into_iter().map(value).collect()
}

/// The array of constants; none if there is another value among them.
pub(super) fn of_items(items: &[Expr], item: &DataType) -> Result<Option<Expr>, Unsupported> {
    if !items.iter().all(is_constant) {
        return Ok(None);
    }
    let shown = items
        .iter()
        .map(|value| element(value, item))
        .collect::<Result<Vec<_>, _>>()?;
    Ok(Some(Expr::String(format!("[{}]", shown.join(",")))))
}

fn element(value: &Expr, item: &DataType) -> Result<String, Unsupported> {
    if let Expr::Array(items) = value {
        return match of_items(items, item)? {
            Some(Expr::String(text)) => Ok(text),
            _ => Ok("[]".to_owned()),
        };
    }
    Ok(match super::of(value, item)? {
        Expr::Null => "null".to_owned(),
        Expr::Bool(value) => value.to_string(),
        Expr::Number(digits) => digits,
        Expr::Bytes(bytes) => {
            let digits: Vec<String> = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
            json::quoted(&format!("\\x{}", digits.concat()))
        }
        Expr::String(text) if matches!(item, DataType::Json | DataType::Jsonb) => text,
        Expr::String(text) => json::quoted(&text),
        other => json::quoted(&format!("{other:?}")),
    })
}

fn print(list: &[Element], item: &DataType, out: &mut String) -> Result<(), Unsupported> {
    // `{}` is the empty array at any depth.
    out.push('[');
    for (at, one) in list.iter().enumerate() {
        out.push_str(if at == 0 { "" } else { "," });
        match one {
            Element::Null => out.push_str("null"),
            Element::List(list) => print(list, innermost(item), out)?,
            Element::Value(text) => {
                let value = Expr::String(text.clone());
                out.push_str(&element(&value, innermost(item))?);
            }
        }
    }
    out.push(']');
    Ok(())
}

/// Arrays of arrays have one type of element.
fn innermost(item: &DataType) -> &DataType {
    match item {
        DataType::Array(inner) => innermost(inner),
        other => other,
    }
}

fn list(rest: &mut &str) -> Option<Vec<Element>> {
    *rest = rest.strip_prefix('{')?.trim_start();
    let mut items = Vec::new();
    if let Some(behind) = rest.strip_prefix('}') {
        *rest = behind.trim_start();
        return Some(items);
    }
    loop {
        items.push(match rest.chars().next()? {
            '{' => Element::List(list(rest)?),
            '"' => Element::Value(in_quotes(rest)?),
            _ => bare(rest)?,
        });
        *rest = rest.trim_start();
        let (mark, behind) = rest.split_at_checked(1)?;
        *rest = behind.trim_start();
        match mark {
            "," => {}
            "}" => return Some(items),
            _ => return None,
        }
    }
}

fn in_quotes(rest: &mut &str) -> Option<String> {
    let mut text = String::new();
    let mut chars = rest.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => {
                *rest = &rest[at + 1..];
                return Some(text);
            }
            '\\' => text.push(chars.next()?.1),
            c => text.push(c),
        }
    }
    None
}

fn bare(rest: &mut &str) -> Option<Element> {
    let mut text = String::new();
    let mut escaped = false;
    let mut end = None;
    let mut chars = rest.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            ',' | '}' => {
                end = Some(at);
                break;
            }
            '{' | '"' => return None,
            '\\' => {
                escaped = true;
                text.push(chars.next()?.1);
            }
            c => text.push(c),
        }
    }
    *rest = &rest[end?..];
    let text = text.trim_end();
    if text.is_empty() {
        return None;
    }
    Some(if !escaped && text.eq_ignore_ascii_case("null") {
        Element::Null
    } else {
        Element::Value(text.to_owned())
    })
}
