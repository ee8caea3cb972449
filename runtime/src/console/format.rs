//! Node's `util.format`: format specifiers in a leading string, the rest inspected.

use crate::builtins::json;
use crate::console::inspect::{self, Options};
use crate::convert::number;
use crate::convert::parse;
use crate::object::cx::*;
use crate::object::value::{self, Num};
use crate::object::{bigint, symbol};
use crate::string::chars::Chars;
use crate::string::heap;
use crate::with_units;
use ultra_abi::value::*;

/// The line that console.log prints for these arguments, without the line feed.
pub fn format(cx: Cx, words: &[Word], colors: bool) -> String {
    let Some(&first) = words.first() else { return String::new() };
    let mut out = String::new();
    let mut used = 0;
    if is_string(first) {
        used = 1;
        let chars = heap::chars(cx, &first);
        if words.len() > 1 && chars.find(Chars::Latin1(b"%"), 0).is_some() {
            used += expand(cx, chars, &words[1..], colors, &mut out);
        } else {
            chars.push_utf8(&mut out);
        }
    }
    for (i, &word) in words.iter().enumerate().skip(used) {
        if i > 0 {
            out.push(' ');
        }
        push_argument(cx, word, colors, &mut out);
    }
    out
}

fn push_argument(cx: Cx, word: Word, colors: bool, out: &mut String) {
    if is_string(word) {
        heap::chars(cx, &word).push_utf8(out);
    } else {
        out.push_str(&inspect::inspect(cx, word, Options { colors, ..Options::default() }));
    }
}

/// Expands the specifiers of a template; how many arguments were used.
fn expand(cx: Cx, template: Chars<'_>, args: &[Word], colors: bool, out: &mut String) -> usize {
    let mut used = 0;
    let mut from = 0;
    let mut i = 0;
    while i + 1 < template.len() {
        if template.at(i) != b'%' as u16 {
            i += 1;
            continue;
        }
        let spec = template.at(i + 1) as u32;
        let piece = if spec == '%' as u32 {
            Some("%".to_string())
        } else if used < args.len() {
            let piece = specifier(cx, spec, args[used], colors);
            used += usize::from(piece.is_some());
            piece
        } else {
            None
        };
        match piece {
            Some(text) => {
                template.slice(from, i).push_utf8(out);
                out.push_str(&text);
                i += 2;
                from = i;
            }
            None => i += 1,
        }
    }
    template.slice(from, template.len()).push_utf8(out);
    used
}

fn text_of(text: number::Text) -> String {
    String::from_utf8_lossy(&text).into_owned()
}

/// A number as %d, %i and %f print it: -0 keeps its sign.
fn number_text(x: f64) -> String {
    if x == 0.0 && x.is_sign_negative() { "-0".into() } else { text_of(number::f64_text(x)) }
}

fn specifier(cx: Cx, spec: u32, word: Word, colors: bool) -> Option<String> {
    let object = tag(word) == TAG_OBJECT;
    let number = value::numeric(cx, word);
    match char::from_u32(spec)? {
        's' => Some(as_text(cx, word)),
        'd' => Some(match number {
            Some(Num::F64(x)) => number_text(x),
            Some(n) => text_of(value::num_text(n)),
            None if object => "NaN".into(),
            None if bigint::is(word) => format!("{}n", bigint::text(cx, word, 10)),
            None => value::to_f64(cx, word).map_or("NaN".into(), number_text),
        }),
        'i' => Some(match number {
            Some(Num::I64(_) | Num::U64(_)) => number.map(|n| text_of(value::num_text(n)))?,
            _ if bigint::is(word) => format!("{}n", bigint::text(cx, word, 10)),
            _ if object && value::type_of(cx, word) != "function" => "NaN".into(),
            _ => leading(cx, word, |c| with_units!(c, u => parse::parse_int(u, 0))),
        }),
        'f' => Some(leading(cx, word, |c| with_units!(c, u => parse::parse_float(u)))),
        'j' => Some(json_text(cx, word)),
        'o' => Some(inspect::inspect(cx, word, Options { colors, depth: 4, show_hidden: true })),
        'O' => Some(inspect::inspect(cx, word, Options { colors, ..Options::default() })),
        'c' => Some(String::new()),
        _ => None,
    }
}

/// What parseInt or parseFloat makes of the value's text.
fn leading(cx: Cx, word: Word, parse: impl Fn(Chars<'_>) -> f64) -> String {
    match value::to_str(cx, word) {
        Ok(text) => number_text(parse(heap::chars(cx, &text))),
        Err(_) => "NaN".into(),
    }
}

fn as_text(cx: Cx, word: Word) -> String {
    if is_string(word) {
        return heap::chars(cx, &word).to_utf8();
    }
    if let Some(Num::F64(x)) = value::numeric(cx, word) {
        return number_text(x);
    }
    if bigint::is(word) {
        return format!("{}n", bigint::text(cx, word, 10));
    }
    if symbol::is(word) {
        return symbol::text(cx, word);
    }
    if let Some(id) = object_of(word) {
        if crate::error::is_error(cx, id) {
            return crate::error::to_text(cx, id).map_or(String::new(), |b| b.chars().to_utf8());
        }
        if value::type_of(cx, word) != "function" {
            return inspect::inspect(cx, word, Options { depth: 0, ..Options::default() });
        }
    }
    value::to_str(cx, word).map_or(String::new(), |t| heap::chars(cx, &t).to_utf8())
}

fn json_text(cx: Cx, word: Word) -> String {
    match json::stringify(cx, word, UNDEFINED) {
        Ok(text) if is_string(text) => heap::chars(cx, &text).to_utf8(),
        Ok(_) => "undefined".into(),
        Err(_) => {
            // Node prints this in place of a circular value; the error is not the program's.
            cx.clear_exception();
            "[Circular]".into()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::array::{ops, store};
    use crate::object::testing::{json, with_cx};

    /// Cases of a file made by `testdata/make.mjs`: a JSON text and what Node prints.
    fn cases(data: &'static str) -> impl Iterator<Item = (&'static str, String)> {
        data.split("\n>>> ").map(|case| {
            let (input, output) =
                case.strip_prefix(">>> ").unwrap_or(case).split_once('\n').expect("two parts");
            (input, output.to_string())
        })
    }

    fn check(data: &'static str, spread: bool, colors: bool) {
        with_cx(|cx| {
            let mut failures = String::new();
            let mut count = 0;
            for (input, want) in cases(data.strip_suffix('\n').expect("a final line feed")) {
                let word = json(cx, input);
                let args: Vec<Word> = match object_of(word) {
                    Some(id) if spread => {
                        (0..store::array_len(cx, id)).map(|i| ops::get(cx, id, i).expect("memory")).collect()
                    }
                    _ => vec![word],
                };
                let got = format(cx, &args, colors);
                count += 1;
                if got != want {
                    failures += &format!("--- {input}\n--- Node:\n{want}\n--- here:\n{got}\n");
                }
            }
            assert!(count > 50);
            assert!(failures.is_empty(), "{failures}");
        });
    }

    #[test]
    fn values_print_as_in_node() {
        check(include_str!("testdata/inspect.txt"), false, false);
    }

    #[test]
    fn calls_print_as_in_node() {
        check(include_str!("testdata/format.txt"), true, false);
    }

    #[test]
    fn colors_are_those_of_node() {
        check(include_str!("testdata/colors.txt"), false, true);
    }
}
