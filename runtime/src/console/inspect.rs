//! Values as console.log prints them: Node's `util.inspect` with its defaults.
//!
//! The walk keeps the containers it is inside (for cycles), the indentation of the
//! current one, and the depth of the last container entered, from which `layout`
//! decides what shares a line.

use crate::array::ops;
use crate::array::store;
use crate::array::typed;
use crate::console::layout::{self, MAX_ENTRIES, Place, Style};
use crate::convert::number;
use crate::error;
use crate::object::cx::*;
use crate::object::property;
use crate::object::table::Table;
use crate::object::value::{self, Num};
use crate::object::{bigint, symbol};
use crate::string::heap;
use ultra_abi::shape::*;
use ultra_abi::value::*;

#[derive(Clone, Copy, Debug)]
pub struct Options {
    pub depth: usize,
    pub colors: bool,
    /// Also lists what is not enumerable: an array's length.
    pub show_hidden: bool,
}

impl Default for Options {
    fn default() -> Options {
        Options { depth: 2, colors: false, show_hidden: false }
    }
}

/// Nesting beyond which inspection without a depth limit stops: the native stack is finite.
const MAX_DEPTH: usize = 500;

struct Inspector {
    cx: Cx,
    options: Options,
    seen: Vec<u32>,
    /// Objects that something inside them refers back to, in order of discovery.
    circular: Vec<u32>,
    indentation: usize,
    current_depth: usize,
}

/// The text of a value as it stands inside a container (strings are quoted).
pub fn inspect(cx: Cx, word: Word, options: Options) -> String {
    let mut i =
        Inspector { cx, options, seen: Vec::new(), circular: Vec::new(), indentation: 0, current_depth: 0 };
    i.value(word, 0)
}

/// The text of an argument of console.log: strings are themselves.
pub fn top_level(cx: Cx, word: Word, colors: bool) -> String {
    if is_string(word) {
        return heap::chars(cx, &word).to_utf8();
    }
    inspect(cx, word, Options { colors, ..Options::default() })
}

/// Name of the class an object was made by.
pub fn constructor_name(cx: Cx, id: u32) -> String {
    match cx.kind(id) {
        ObjKind::Array => typed::class_name(cx.shape(id)).unwrap_or("Array").into(),
        ObjKind::Closure => "Function".into(),
        ObjKind::Map => "Map".into(),
        ObjKind::Set => "Set".into(),
        ObjKind::Instance | ObjKind::Native => match &*cx.shapes().info(cx.shape(id)).name {
            "" => "Object".into(),
            name => name.into(),
        },
        _ => "Object".into(),
    }
}

/// How messages name an object: `#<Point>`.
pub fn class_label(cx: Cx, id: u32) -> String {
    match cx.kind(id) {
        ObjKind::Closure => cx.function(cx.read(id, 8)).map_or("function".into(), |r| r.name.to_string()),
        _ => format!("#<{}>", constructor_name(cx, id)),
    }
}

/// A container's text before layout.
struct Parts {
    base: String,
    open: String,
    close: &'static str,
    entries: Vec<String>,
    array: bool,
    numeric: bool,
    has_more: bool,
}

impl Inspector {
    fn paint(&self, style: Style, text: impl Into<String>) -> String {
        style.paint(text.into(), self.options.colors)
    }

    /// Iterators of the built-in classes: those of Maps and Sets show what is left.
    fn iterator(&mut self, id: u32, depth: usize) -> String {
        let cx = self.cx;
        let field = |name: &str| property::own_by_text(cx, id, name).ok().flatten().unwrap_or(UNDEFINED);
        let (kind, source) = (number_of(field("kind")).unwrap_or(0.0), object_of(field("source")));
        let (Some(source), 6.0..) = (source, kind) else {
            let name = if kind == 1.0 { "String" } else { "Array" };
            return format!("Object [{name} Iterator] {{}}");
        };
        let table = Table(source);
        let is_map = cx.shape(source) == ultra_abi::shape::SHAPE_MAP;
        let from = number_of(field("index")).unwrap_or(-1.0);
        let mut entries = Vec::new();
        let mut position = if from < 0.0 { None } else { table.next_position(cx, from as u32) };
        while let Some(at) = position {
            if let Some(e) = table.at(cx, at) {
                let (k, v) = (table.key(cx, e), table.value(cx, e));
                entries.push(match kind as u32 {
                    6 => self.value(k, depth + 1),
                    7 => self.value(v, depth + 1),
                    _ => format!("[ {}, {} ]", self.value(k, depth + 1), self.value(v, depth + 1)),
                });
            }
            position = table.next_position(cx, at + 1);
        }
        let what = match (is_map, kind == 8.0) {
            (true, true) => "Map Entries",
            (true, false) => "Map Iterator",
            (false, true) => "Set Entries",
            (false, false) => "Set Iterator",
        };
        let place = Place {
            indentation: self.indentation,
            levels_inside: 0,
            array: false,
            numeric: false,
            has_more: false,
        };
        layout::reduce(entries, &format!("[{what}]"), "{", "}", place)
    }

    fn value(&mut self, word: Word, depth: usize) -> String {
        if is_string(word) {
            return layout::quote_in_container(
                heap::chars(self.cx, &word),
                self.indentation,
                self.options.colors,
            );
        }
        if let Some(n) = value::numeric(self.cx, word) {
            return self.paint(Style::Number, num_text(n));
        }
        match word {
            UNDEFINED | HOLE | ABSENT => self.paint(Style::Undefined, "undefined"),
            NULL => self.paint(Style::Null, "null"),
            TRUE => self.paint(Style::Boolean, "true"),
            FALSE => self.paint(Style::Boolean, "false"),
            _ => match object_of(word) {
                Some(id) => self.object(id, depth),
                None if bigint::is(word) => {
                    self.paint(Style::Number, format!("{}n", bigint::text(self.cx, word, 10)))
                }
                None => self.paint(Style::Symbol, symbol::text(self.cx, word)),
            },
        }
    }

    fn object(&mut self, id: u32, depth: usize) -> String {
        if self.seen.contains(&id) {
            let index = match self.circular.iter().position(|&c| c == id) {
                Some(i) => i,
                None => {
                    self.circular.push(id);
                    self.circular.len() - 1
                }
            };
            return self.paint(Style::Special, format!("[Circular *{}]", index + 1));
        }
        if self.seen.len() >= MAX_DEPTH || self.cx.stack_is_low() {
            let name = constructor_name(self.cx, id);
            let text =
                format!("[{name}: Inspection interrupted prematurely. Maximum call stack size exceeded.]");
            return self.paint(Style::Special, text);
        }
        if constructor_name(self.cx, id) == "__ultra_Iterator" {
            return self.iterator(id, depth);
        }
        let keys = self.keys(id);
        let (base, open, close) = match self.frame(id, keys.is_empty()) {
            Ok(frame) => frame,
            Err(text) => return text,
        };
        if depth > self.options.depth {
            let name = constructor_name(self.cx, id);
            return self.paint(Style::Special, format!("[{name}]"));
        }
        self.seen.push(id);
        self.current_depth = depth;
        let mut parts =
            Parts { base, open, close, entries: Vec::new(), array: false, numeric: false, has_more: false };
        self.elements(id, depth + 1, &mut parts);
        for key in keys {
            let entry = self.property(id, key, depth + 1);
            parts.entries.push(entry);
            parts.numeric = false;
        }
        if parts.array && self.options.show_hidden && !typed::is_typed(self.cx, id) {
            let len = store::array_len(self.cx, id);
            parts.entries.push(format!("[length]: {}", self.paint(Style::Number, len.to_string())));
        }
        if error::is_error(self.cx, id) {
            self.cause(id, depth + 1, &mut parts.entries);
        }
        self.seen.pop();
        if let Some(index) = self.circular.iter().position(|&c| c == id) {
            let reference = self.paint(Style::Special, format!("<ref *{}>", index + 1));
            parts.base =
                if parts.base.is_empty() { reference } else { format!("{reference} {}", parts.base) };
        }
        let place = Place {
            indentation: self.indentation,
            levels_inside: self.current_depth - depth,
            array: parts.array,
            numeric: parts.numeric,
            has_more: parts.has_more,
        };
        layout::reduce(parts.entries, &parts.base, &parts.open, parts.close, place)
    }

    /// Keys that are printed.
    fn keys(&mut self, id: u32) -> Vec<Word> {
        let cx = self.cx;
        let mut keys = property::named_keys(cx, id);
        if error::is_error(cx, id) {
            // Name, message and stack are not repeated when the stack text shows them.
            let stack = self.named_stack(id);
            keys.retain(|&k| {
                let name = heap::chars(cx, &k).to_utf8();
                if !matches!(name.as_str(), "name" | "message" | "stack") {
                    return true;
                }
                let own = property::own(cx, id, k).ok().flatten().unwrap_or(UNDEFINED);
                let text = value::to_str(cx, own).map_or(String::new(), |t| heap::chars(cx, &t).to_utf8());
                !stack.contains(&text)
            });
        }
        keys
    }

    /// What stands before the braces, and the braces; or the whole text when there is
    /// nothing to put into them.
    fn frame(&mut self, id: u32, no_keys: bool) -> Result<(String, String, &'static str), String> {
        let cx = self.cx;
        let plain = |open: String, close| Ok((String::new(), open, close));
        match cx.kind(id) {
            ObjKind::Array if typed::is_typed(cx, id) => {
                let prefix = format!("{}({}) [", constructor_name(cx, id), store::array_len(cx, id));
                if store::array_len(cx, id) == 0 && no_keys { Err(prefix + "]") } else { plain(prefix, "]") }
            }
            ObjKind::Array => {
                if store::array_len(cx, id) == 0 && no_keys && !self.options.show_hidden {
                    return Err("[]".into());
                }
                plain("[".into(), "]")
            }
            ObjKind::Map | ObjKind::Set => {
                let size = Table(id).len(cx);
                let prefix = format!("{}({size}) {{", constructor_name(cx, id));
                if size == 0 && no_keys { Err(prefix + "}") } else { plain(prefix, "}") }
            }
            ObjKind::Closure => {
                let base = self.paint(Style::Special, self.function_text(id));
                if no_keys { Err(base) } else { Ok((base, "{".into(), "}")) }
            }
            _ if error::is_error(cx, id) => {
                let base = self.error_text(id);
                let cause = cx.read::<Word>(id, error::CAUSE);
                if no_keys && matches!(cause, ABSENT | UNDEFINED) {
                    Err(base)
                } else {
                    Ok((base, "{".into(), "}"))
                }
            }
            _ => {
                let name = constructor_name(cx, id);
                let open = if name == "Object" { "{".to_string() } else { format!("{name} {{") };
                if no_keys { Err(open + "}") } else { plain(open, "}") }
            }
        }
    }

    fn function_text(&self, id: u32) -> String {
        let cx = self.cx;
        let index: u32 = cx.read(id, 8);
        let Some(record) = cx.function(index) else { return "[Function (anonymous)]".into() };
        let name = if record.name.is_empty() { None } else { Some(&*record.name) };
        if record.is_class {
            let mut text = format!("[class {}", name.unwrap_or("(anonymous)"));
            let parent = if record.shape == 0 { 0 } else { cx.desc(record.shape).parent };
            if parent != 0 {
                text += &format!(" extends {}", cx.shapes().info(parent).name);
            }
            return text + "]";
        }
        let kind = match cx.library().function_flavors.get(&index).copied().unwrap_or(0) & 3 {
            1 => "AsyncFunction",
            2 => "GeneratorFunction",
            3 => "AsyncGeneratorFunction",
            _ => "Function",
        };
        match name {
            Some(name) => format!("[{kind}: {name}]"),
            None => format!("[{kind} (anonymous)]"),
        }
    }

    fn stack_text(&self, id: u32) -> String {
        let cx = self.cx;
        let stack: Word = cx.read(id, error::STACK);
        if is_string(stack) && stack != EMPTY_STRING {
            return heap::chars(cx, &stack).to_utf8();
        }
        error::to_text(cx, id).map_or(String::new(), |t| t.chars().to_utf8())
    }

    /// The stack text with the error's name and its class's name in it: both may have
    /// been given after the stack was taken.
    fn named_stack(&self, id: u32) -> String {
        let mut stack = self.stack_text(id);
        let name = error::name(self.cx, id).map_or(String::new(), |n| n.chars().to_utf8());
        let class = constructor_name(self.cx, id);
        let heads = |stack: &str, name: &str| {
            stack.strip_prefix(name).is_some_and(|r| r.is_empty() || r.starts_with([':', '\n']))
        };
        let builtin = error::builtin_name(self.cx, id);
        if !name.is_empty() && !heads(&stack, &name) && heads(&stack, builtin) {
            stack = format!("{name}{}", &stack[builtin.len()..]);
        }
        let shows_name = heads(&stack, &name);
        if name.ends_with("Error") && shows_name && class != name {
            let rest = &stack[name.len()..];
            stack = if class.contains(&name) {
                format!("{class}{rest}")
            } else {
                format!("{class} [{name}]{rest}")
            };
        }
        stack
    }

    /// The named stack text, indented, in brackets when it has no frames.
    fn error_text(&mut self, id: u32) -> String {
        let mut stack = self.named_stack(id);
        // Brackets tell an error without frames from plain text.
        let message: Word = self.cx.read(id, error::MESSAGE);
        let message = heap::chars(self.cx, &message).to_utf8();
        let frames_from = stack.find(&message).map_or(0, |at| at + message.len());
        if !stack[frames_from..].contains("\n    at") {
            stack = format!("[{stack}]");
        }
        if self.indentation > 0 {
            stack = stack.replace('\n', &format!("\n{}", " ".repeat(self.indentation)));
        }
        stack
    }

    fn cause(&mut self, id: u32, depth: usize, entries: &mut Vec<String>) {
        let cause: Word = self.cx.read(id, error::CAUSE);
        if !matches!(cause, ABSENT | UNDEFINED) {
            let text = self.indented(|i| i.value(cause, depth));
            entries.push(format!("[cause]: {text}"));
        }
    }

    fn indented<T>(&mut self, f: impl FnOnce(&mut Inspector) -> T) -> T {
        self.indentation += 2;
        let result = f(self);
        self.indentation -= 2;
        result
    }

    fn property(&mut self, id: u32, key: Word, depth: usize) -> String {
        // A getter cannot be here, so reading only fails for lack of memory.
        let word = property::own(self.cx, id, key).ok().flatten().unwrap_or(UNDEFINED);
        let text = self.indented(|i| i.value(word, depth));
        let name = layout::key_text(heap::chars(self.cx, &key), self.options.colors);
        format!("{name}: {text}")
    }

    fn elements(&mut self, id: u32, depth: usize, parts: &mut Parts) {
        match self.cx.kind(id) {
            ObjKind::Array => {
                parts.array = true;
                self.array(id, depth, parts);
            }
            ObjKind::Map => self.table(Table(id), depth, parts, true),
            ObjKind::Set => self.table(Table(id), depth, parts, false),
            _ => {}
        }
    }

    fn array(&mut self, id: u32, depth: usize, parts: &mut Parts) {
        let cx = self.cx;
        let len = store::array_len(cx, id);
        parts.numeric = true;
        let mut i = 0;
        while i < len && parts.entries.len() < MAX_ENTRIES {
            let word = ops::raw_element(cx, id, i).unwrap_or(UNDEFINED);
            if word == HOLE {
                let holes = (i..len).take_while(|&k| ops::raw_element(cx, id, k) == Ok(HOLE)).count();
                parts.entries.push(self.paint(Style::Undefined, layout::empty_items(holes)));
                i += holes as u32;
                parts.numeric = false;
                continue;
            }
            parts.numeric &= value::numeric(cx, word).is_some();
            let text = self.indented(|s| s.value(word, depth));
            parts.entries.push(text);
            i += 1;
        }
        if i < len {
            parts.entries.push(layout::more_items((len - i) as usize));
            parts.has_more = true;
            // Node looks at one element more than it prints.
            parts.numeric &= ops::raw_element(cx, id, i).is_ok_and(|w| value::numeric(cx, w).is_some());
        }
    }

    fn table(&mut self, table: Table, depth: usize, parts: &mut Parts, with_values: bool) {
        let cx = self.cx;
        self.indentation += 2;
        let live: Vec<u32> = table.live(cx).take(MAX_ENTRIES).collect();
        for entry in live {
            let mut text = self.value(table.key(cx, entry), depth);
            if with_values {
                text = format!("{text} => {}", self.value(table.value(cx, entry), depth));
            }
            parts.entries.push(text);
        }
        let rest = (table.len(cx) as usize).saturating_sub(MAX_ENTRIES);
        if rest > 0 {
            parts.entries.push(layout::more_items(rest));
        }
        self.indentation -= 2;
    }
}

fn num_text(n: Num) -> String {
    let text = match n {
        Num::F64(x) if x == 0.0 && x.is_sign_negative() => return "-0".into(),
        n => value::num_text(n),
    };
    let text: number::Text = text;
    String::from_utf8_lossy(&text).into_owned()
}
