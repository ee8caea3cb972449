//! The syntax of regular expression literals: the early errors of ECMA-262, section 22.2.1, with
//! Annex B's extensions for patterns that have neither flag `u` nor `v`.
//!
//! Nothing is built: the pattern is compiled when the program runs. A recursive descent over the
//! code points (with `u` or `v`) or UTF-16 code units (otherwise) says whether the pattern is one,
//! and if not, where it stops being one. Nesting is bounded by [`MAX_NESTING`].

/// How deep groups and classes may nest.
const MAX_NESTING: u32 = 400;

/// Why a text is no pattern.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct PatternError {
    /// Byte offset into the pattern.
    pub at: u32,
    /// Length in bytes of what is wrong; at least 1 unless at the end.
    pub len: u32,
    pub why: String,
}

/// Checks a pattern under its flags.
///
/// # Errors
/// The first thing that ECMA-262 does not allow.
pub(super) fn check(pattern: &str, flags: &str) -> Result<(), PatternError> {
    let sets = flags.contains('v');
    let unicode = sets || flags.contains('u');
    let plain = pattern.is_ascii();
    let units: Vec<u32> = match (plain, unicode) {
        (true, _) => pattern.bytes().map(u32::from).collect(),
        (false, true) => pattern.chars().map(u32::from).collect(),
        (false, false) => pattern.encode_utf16().map(u32::from).collect(),
    };
    let mut re = Re { units, pos: 0, start: 0, unicode, sets, ..Re::default() };
    re.scan_groups();
    re.pattern().map_err(|why| {
        let (start, end) = (re.byte_offset(pattern, re.start.min(re.pos)), re.byte_offset(pattern, re.pos));
        PatternError { at: start, len: (end - start).max(1), why }
    })
}

type Checked<T = ()> = Result<T, String>;

#[derive(Default)]
struct Re {
    units: Vec<u32>,
    pos: usize,
    /// Where the construct began that an error speaks of.
    start: usize,
    unicode: bool,
    sets: bool,
    /// Capturing groups in the whole pattern.
    groups: u64,
    /// Names of groups in the whole pattern.
    names: Vec<String>,
    /// Names of the groups that may take part together with what comes next.
    active: Vec<String>,
    depth: u32,
}

/// What a class atom stands for: one character, or a set that cannot bound a range.
#[derive(Clone, Copy, PartialEq)]
enum Atom {
    Char(u32),
    Set,
}

const fn ch(c: char) -> u32 {
    c as u32
}

fn is(unit: Option<u32>, set: &str) -> bool {
    unit.and_then(char::from_u32).is_some_and(|c| set.contains(c))
}

fn digit(unit: Option<u32>, radix: u32) -> Option<u32> {
    unit.and_then(char::from_u32).and_then(|c| c.to_digit(radix))
}

fn fail<T>(why: impl Into<String>) -> Checked<T> {
    Err(why.into())
}

impl Re {
    fn byte_offset(&self, pattern: &str, units: usize) -> u32 {
        let mut count = 0;
        for (at, c) in pattern.char_indices() {
            count += if self.unicode { 1 } else { c.len_utf16() };
            if count > units {
                return at as u32;
            }
        }
        pattern.len() as u32
    }

    fn at(&self, ahead: usize) -> Option<u32> {
        self.units.get(self.pos + ahead).copied()
    }

    fn looks_at(&self, text: &str) -> bool {
        text.chars().enumerate().all(|(i, c)| self.at(i) == Some(ch(c)))
    }

    fn eat(&mut self, text: &str) -> bool {
        let found = self.looks_at(text);
        if found {
            self.pos += text.len();
        }
        found
    }

    fn nested<T>(&mut self, f: impl FnOnce(&mut Self) -> Checked<T>) -> Checked<T> {
        self.depth += 1;
        if self.depth > MAX_NESTING {
            return fail(format!("nested more than {MAX_NESTING} levels deep"));
        }
        let result = f(self);
        self.depth -= 1;
        result
    }

    /// Counts the capturing groups and collects their names, which may be used before them.
    fn scan_groups(&mut self) {
        let (mut i, mut class) = (0, 0u32);
        while let Some(&c) = self.units.get(i) {
            i += 1;
            match char::from_u32(c) {
                Some('\\') => i += 1,
                Some('[') if class == 0 || self.sets => class += 1,
                Some(']') => class = class.saturating_sub(1),
                Some('(') if class == 0 => {
                    let next = |n: usize| self.units.get(i + n).copied();
                    if next(0) != Some(ch('?')) {
                        self.groups += 1;
                    } else if next(1) == Some(ch('<')) && !is(next(2), "=!") {
                        self.groups += 1;
                        self.pos = i + 1;
                        if let Ok(name) = self.group_name() {
                            self.names.push(name);
                        }
                    }
                }
                _ => {}
            }
        }
        self.pos = 0;
        self.start = 0;
    }

    fn pattern(&mut self) -> Checked {
        self.disjunction()?;
        match self.at(0) {
            None => Ok(()),
            Some(c) => {
                self.start = self.pos;
                self.pos += 1;
                fail(if c == ch(')') { "unmatched `)`" } else { "unexpected character" })
            }
        }
    }

    fn disjunction(&mut self) -> Checked {
        let base = self.active.len();
        let mut all = Vec::new();
        loop {
            while self.at(0).is_some() && !is(self.at(0), "|)") {
                self.term()?;
            }
            all.extend(self.active.drain(base..));
            if !self.eat("|") {
                break;
            }
        }
        self.active.extend(all);
        Ok(())
    }

    fn term(&mut self) -> Checked {
        self.start = self.pos;
        let from = self.pos;
        if self.eat("^") || self.eat("$") || self.eat("\\b") || self.eat("\\B") {
            return self.no_quantifier();
        }
        for look in ["(?=", "(?!", "(?<=", "(?<!"] {
            if self.eat(look) {
                self.group_rest(from)?;
                // Annex B lets a lookahead be repeated.
                return if self.unicode || look.len() == 4 {
                    self.no_quantifier()
                } else {
                    self.quantifier().map(|_| ())
                };
            }
        }
        self.atom()?;
        let from = self.pos;
        self.start = from;
        self.quantifier().map(|_| ())
    }

    fn no_quantifier(&mut self) -> Checked {
        self.start = self.pos;
        if self.quantifier()? { fail("nothing to repeat") } else { Ok(()) }
    }

    /// Consumes a quantifier, if there is one.
    fn quantifier(&mut self) -> Checked<bool> {
        if is(self.at(0), "*+?") {
            self.pos += 1;
        } else if !self.braces()? {
            return Ok(false);
        }
        self.eat("?");
        Ok(true)
    }

    fn number(&mut self) -> Option<u64> {
        let mut value: Option<u64> = None;
        while let Some(d) = digit(self.at(0), 10) {
            value = Some(value.unwrap_or(0).saturating_mul(10).saturating_add(u64::from(d)));
            self.pos += 1;
        }
        value
    }

    /// `{n}`, `{n,}`, `{n,m}`; without `u` other text is no quantifier.
    fn braces(&mut self) -> Checked<bool> {
        let from = self.pos;
        if !self.eat("{") {
            return Ok(false);
        }
        let low = self.number();
        let high = if self.eat(",") { self.number().or(Some(u64::MAX)) } else { low };
        if let (Some(low), Some(high), true) = (low, high, self.eat("}")) {
            self.start = from;
            return if low > high { fail("the bounds of the quantifier are out of order") } else { Ok(true) };
        }
        if self.unicode {
            self.start = from;
            return fail("incomplete quantifier");
        }
        self.pos = from;
        Ok(false)
    }

    fn group_rest(&mut self, from: usize) -> Checked {
        self.nested(Self::disjunction)?;
        if self.eat(")") {
            return Ok(());
        }
        self.start = from;
        self.pos = from + 1;
        fail("group has no closing `)`")
    }

    fn atom(&mut self) -> Checked {
        let from = self.pos;
        let Some(c) = self.at(0) else { return Ok(()) };
        match char::from_u32(c) {
            Some('(') => self.group(from),
            Some('[') => self.class(),
            Some('\\') => self.atom_escape(),
            Some('*' | '+' | '?') => {
                self.pos += 1;
                fail("nothing to repeat")
            }
            Some('{') if self.unicode || self.braces()? => {
                self.start = from;
                self.pos = self.pos.max(from + 1);
                fail("nothing to repeat")
            }
            Some(c @ (']' | '}')) if self.unicode => {
                self.pos += 1;
                fail(format!("lone `{c}`"))
            }
            _ => {
                self.pos += 1;
                Ok(())
            }
        }
    }

    fn group(&mut self, from: usize) -> Checked {
        self.pos += 1;
        if self.eat("?") {
            if self.looks_at("<") {
                let name = self.group_name()?;
                if self.active.contains(&name) {
                    return fail(format!("two groups that can take part together are named `{name}`"));
                }
                self.active.push(name);
            } else {
                self.modifiers()?;
            }
        }
        self.group_rest(from)
    }

    /// `:`, `i:`, `-s:`, `im-s:`
    fn modifiers(&mut self) -> Checked {
        let mut seen = String::new();
        let (mut removes, mut any) = (false, false);
        loop {
            let c = self.at(0).and_then(char::from_u32);
            match c {
                Some(':') => break,
                Some('-') if !removes => removes = true,
                Some(c @ ('i' | 'm' | 's')) if !seen.contains(c) => {
                    seen.push(c);
                    any = true;
                }
                _ => {
                    self.pos += 1;
                    return fail("invalid group");
                }
            }
            self.pos += 1;
        }
        self.pos += 1;
        if removes && !any { fail("modifiers are missing") } else { Ok(()) }
    }

    /// `<name>`
    fn group_name(&mut self) -> Checked<String> {
        let from = self.pos;
        self.start = from;
        self.pos += 1;
        let mut name = String::new();
        loop {
            let Some(mut c) = self.at(0) else { return fail("the name of the group has no closing `>`") };
            self.pos += 1;
            if c == ch('>') {
                break;
            }
            if c == ch('\\') {
                c = match self.eat("u").then(|| self.unicode_escape(true)).flatten() {
                    Some(c) => c,
                    None => return fail("invalid escape in the name of the group"),
                };
            } else if let (0xD800..=0xDBFF, Some(low @ 0xDC00..=0xDFFF)) = (c, self.at(0)) {
                c = 0x10000 + ((c - 0xD800) << 10) + (low - 0xDC00);
                self.pos += 1;
            }
            let Some(c) = char::from_u32(c) else { return fail("invalid name of a group") };
            let fits = matches!(c, '$' | '_')
                || unicode_id_start::is_id_start(c)
                || (!name.is_empty()
                    && (unicode_id_start::is_id_continue(c) || matches!(c, '\u{200c}' | '\u{200d}')));
            if !fits {
                return fail("invalid name of a group");
            }
            name.push(c);
        }
        if name.is_empty() { fail("the name of the group is empty") } else { Ok(name) }
    }

    // Escapes.

    fn hex(&mut self, count: usize) -> Option<u32> {
        let mut value = 0;
        for i in 0..count {
            value = value * 16 + digit(self.at(i), 16)?;
        }
        self.pos += count;
        Some(value)
    }

    /// After `\u`; nothing is consumed when it is no escape. `full` allows `{...}` and joins
    /// surrogates.
    fn unicode_escape(&mut self, full: bool) -> Option<u32> {
        let from = self.pos;
        if full && self.eat("{") {
            let (mut value, mut digits) = (0u32, 0);
            while let Some(d) = digit(self.at(0), 16) {
                value = value.saturating_mul(16).saturating_add(d);
                digits += 1;
                self.pos += 1;
            }
            if digits > 0 && value <= 0x10FFFF && self.eat("}") {
                return Some(value);
            }
            self.pos = from;
            return None;
        }
        let high = self.hex(4)?;
        let after = self.pos;
        if full && (0xD800..0xDC00).contains(&high) && self.eat("\\u") {
            match self.hex(4) {
                Some(low @ 0xDC00..=0xDFFF) => {
                    return Some(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00));
                }
                _ => self.pos = after,
            }
        }
        Some(high)
    }

    fn atom_escape(&mut self) -> Checked {
        let Some(next) = self.at(1).and_then(char::from_u32) else {
            return self.class_escape(false).map(|_| ());
        };
        match next {
            '1'..='9' => {
                self.pos += 1;
                let at = self.pos;
                let value = self.number().unwrap_or(0);
                if value <= self.groups {
                    return Ok(());
                }
                if self.unicode {
                    return fail(format!("there is no group {value}"));
                }
                self.pos = at;
                self.legacy_octal();
                Ok(())
            }
            'k' if self.unicode || !self.names.is_empty() => {
                self.pos += 2;
                if !self.looks_at("<") {
                    return fail("`\\k` needs the name of a group");
                }
                let name = self.group_name()?;
                if self.names.contains(&name) {
                    Ok(())
                } else {
                    fail(format!("there is no group named `{name}`"))
                }
            }
            _ => self.class_escape(false).map(|_| ()),
        }
    }

    /// Up to three octal digits, or one other character.
    fn legacy_octal(&mut self) -> u32 {
        let Some(first) = digit(self.at(0), 8) else {
            let c = self.at(0).unwrap_or(0);
            self.pos += 1;
            return c;
        };
        let mut value = first;
        self.pos += 1;
        for _ in 0..if first <= 3 { 2 } else { 1 } {
            let Some(d) = digit(self.at(0), 8) else { break };
            value = value * 8 + d;
            self.pos += 1;
        }
        value
    }

    /// An escape that is a character or a set, at the backslash.
    fn class_escape(&mut self, in_class: bool) -> Checked<Atom> {
        self.start = self.pos;
        self.pos += 1;
        let Some(unit) = self.at(0) else { return fail("`\\` at the end of the pattern") };
        let Some(c) = char::from_u32(unit) else {
            self.pos += 1;
            return if self.unicode { fail("invalid escape") } else { Ok(Atom::Char(unit)) };
        };
        self.pos += 1;
        Ok(match c {
            'd' | 'D' | 's' | 'S' | 'w' | 'W' => Atom::Set,
            'p' | 'P' if self.unicode => {
                self.property(c == 'P')?;
                Atom::Set
            }
            't' => Atom::Char(9),
            'n' => Atom::Char(10),
            'v' => Atom::Char(11),
            'f' => Atom::Char(12),
            'r' => Atom::Char(13),
            'b' if in_class => Atom::Char(8),
            '-' if in_class && self.unicode => Atom::Char(unit),
            'c' => return self.control(in_class),
            '0' if digit(self.at(0), 10).is_none() => Atom::Char(0),
            '0'..='9' if !self.unicode => {
                self.pos -= 1;
                Atom::Char(self.legacy_octal())
            }
            'x' => match self.hex(2) {
                Some(value) => Atom::Char(value),
                None if self.unicode => return fail("`\\x` needs two hexadecimal digits"),
                None => Atom::Char(unit),
            },
            'u' => match self.unicode_escape(self.unicode) {
                Some(value) => Atom::Char(value),
                None if self.unicode => return fail("invalid Unicode escape"),
                None => Atom::Char(unit),
            },
            'k' if !self.names.is_empty() => return fail("`\\k` is not allowed in a class"),
            _ if self.unicode && !"^$\\.*+?()[]{}|/".contains(c) => {
                return fail(format!("invalid escape `\\{c}`"));
            }
            _ => Atom::Char(unit),
        })
    }

    fn control(&mut self, in_class: bool) -> Checked<Atom> {
        let next = self.at(0).and_then(char::from_u32).unwrap_or('\0');
        if next.is_ascii_alphabetic() || (!self.unicode && in_class && (next.is_ascii_digit() || next == '_'))
        {
            self.pos += 1;
            return Ok(Atom::Char(next as u32 % 32));
        }
        if self.unicode {
            return fail("`\\c` needs a letter");
        }
        // Annex B: the backslash stands for itself, and the `c` is read again.
        self.pos -= 1;
        Ok(Atom::Char(ch('\\')))
    }

    /// `{Name}` or `{Name=Value}` after `\p`; whether it may match several characters.
    fn property(&mut self, negated: bool) -> Checked<bool> {
        let from = self.pos;
        if !self.eat("{") {
            return fail("`\\p` needs a property in braces");
        }
        let mut text = String::new();
        while let Some(c) = self
            .at(0)
            .and_then(char::from_u32)
            .filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '='))
        {
            text.push(c);
            self.pos += 1;
        }
        if !self.eat("}") || text.is_empty() {
            return fail("`\\p` needs a property in braces");
        }
        let _ = from;
        if OF_STRINGS.contains(&text.as_str()) {
            if !self.sets {
                return fail(format!("the property `{text}` needs the flag `v`"));
            }
            return if negated { fail(format!("the property `{text}` cannot be negated")) } else { Ok(true) };
        }
        if super::unicode_property::is_known(&text) {
            Ok(false)
        } else {
            fail(format!("there is no property `{text}`"))
        }
    }

    // Classes.

    fn class(&mut self) -> Checked {
        let from = self.pos;
        self.pos += 1;
        let negated = self.eat("^");
        if self.sets {
            let strings = self.nested(|re| re.class_set(from))?;
            if strings && negated {
                self.start = from;
                return fail("a negated class cannot contain strings");
            }
            return Ok(());
        }
        while !self.eat("]") {
            let low_at = self.pos;
            let low = self.class_atom(from)?;
            if self.looks_at("-") && self.at(1) != Some(ch(']')) && self.at(1).is_some() {
                self.pos += 1;
                let high = self.class_atom(from)?;
                match (low, high) {
                    (Atom::Char(low), Atom::Char(high)) if low > high => {
                        self.start = low_at;
                        return fail("the range is out of order");
                    }
                    (Atom::Char(_), Atom::Char(_)) => {}
                    _ if self.unicode => {
                        self.start = low_at;
                        return fail("a class cannot bound a range");
                    }
                    _ => {}
                }
            }
        }
        Ok(())
    }

    fn class_atom(&mut self, from: usize) -> Checked<Atom> {
        match self.at(0) {
            None => {
                self.start = from;
                self.pos = from + 1;
                fail("class has no closing `]`")
            }
            Some(c) if c == ch('\\') => self.class_escape(true),
            Some(c) => {
                self.pos += 1;
                Ok(Atom::Char(c))
            }
        }
    }

    // Classes with flag `v`. The functions say whether strings may be contained.

    fn class_set(&mut self, from: usize) -> Checked<bool> {
        let (mut strings, mut operator, mut operands) = (false, "", 0);
        loop {
            self.start = self.pos;
            if self.at(0).is_none() {
                self.start = from;
                self.pos = from + 1;
                return fail("class has no closing `]`");
            }
            if self.eat("]") {
                return Ok(strings);
            }
            if self.looks_at("--") || self.looks_at("&&") {
                let found = if self.looks_at("--") { "--" } else { "&&" };
                self.pos += 2;
                if operands == 0 || (operands > 1 && operator != found) || self.looks_at("&") && found == "&&"
                {
                    return fail(format!("`{found}` needs one operand on each side and cannot be mixed"));
                }
                operator = found;
                if self.looks_at("]") {
                    return fail(format!("`{found}` needs one operand on each side and cannot be mixed"));
                }
                let (_, right) = self.class_set_operand(false)?;
                strings = if found == "&&" { strings && right } else { strings };
                operands += 1;
                continue;
            }
            if !operator.is_empty() {
                self.pos += 1;
                return fail(format!("`{operator}` cannot be mixed with other operands"));
            }
            let (_, more) = self.class_set_operand(true)?;
            strings |= more;
            operands += 1;
        }
    }

    /// One operand; `ranges` allows `a-b`. A range counts as something that is no single operand.
    fn class_set_operand(&mut self, ranges: bool) -> Checked<(Atom, bool)> {
        let from = self.pos;
        self.start = from;
        let (atom, strings) = self.class_set_item()?;
        if ranges && self.looks_at("-") && !self.looks_at("--") {
            self.pos += 1;
            let (high, _) = self.class_set_item()?;
            self.start = from;
            return match (atom, high) {
                (Atom::Char(low), Atom::Char(high)) if low <= high => {
                    if self.looks_at("--") || self.looks_at("&&") {
                        fail("a range cannot be an operand here")
                    } else {
                        Ok((Atom::Set, false))
                    }
                }
                (Atom::Char(_), Atom::Char(_)) => fail("the range is out of order"),
                _ => fail("a class cannot bound a range"),
            };
        }
        Ok((atom, strings))
    }

    fn class_set_item(&mut self) -> Checked<(Atom, bool)> {
        let from = self.pos;
        self.start = from;
        if self.eat("[") {
            let negated = self.eat("^");
            let strings = self.nested(|re| re.class_set(from))?;
            if strings && negated {
                self.start = from;
                return fail("a negated class cannot contain strings");
            }
            return Ok((Atom::Set, strings));
        }
        if self.eat("\\q{") {
            return Ok((Atom::Set, self.class_strings(from)?));
        }
        if (self.looks_at("\\p") || self.looks_at("\\P")) && self.at(2).is_some() {
            let negated = self.looks_at("\\P");
            self.pos += 2;
            return Ok((Atom::Set, self.property(negated)?));
        }
        Ok((self.class_set_character()?, false))
    }

    fn class_set_character(&mut self) -> Checked<Atom> {
        let Some(c) = self.at(0) else { return fail("class has no closing `]`") };
        if c == ch('\\') {
            if is(self.at(1), "&-!#%,:;<=>@`~") {
                self.pos += 2;
                return Ok(Atom::Char(self.units[self.pos - 1]));
            }
            return self.class_escape(true);
        }
        self.pos += 1;
        if is(Some(c), "()[]{}/-|") {
            return fail("this character must be escaped in a class with flag `v`");
        }
        if self.at(0) == Some(c) && is(Some(c), "&!#$%*+,.:;<=>?@^`~") {
            self.pos += 1;
            return fail("this pair of characters is reserved in a class with flag `v`");
        }
        Ok(Atom::Char(c))
    }

    /// The rest of `\q{a|bc}`.
    fn class_strings(&mut self, from: usize) -> Checked<bool> {
        let (mut strings, mut length) = (false, 0);
        loop {
            if self.at(0).is_none() {
                self.start = from;
                return fail("`\\q{` has no closing `}`");
            }
            if self.eat("|") || self.looks_at("}") {
                strings |= length != 1;
                length = 0;
                if self.eat("}") {
                    return Ok(strings);
                }
                continue;
            }
            if self.class_set_character()? == Atom::Set {
                return fail("a class cannot stand in a string");
            }
            length += 1;
        }
    }
}

/// Properties whose members are strings.
const OF_STRINGS: &[&str] = &[
    "Basic_Emoji",
    "Emoji_Keycap_Sequence",
    "RGI_Modifier_Sequence",
    "RGI_Flag_Sequence",
    "RGI_Emoji_Modifier_Sequence",
    "RGI_Emoji_Flag_Sequence",
    "RGI_Emoji_Tag_Sequence",
    "RGI_Emoji_ZWJ_Sequence",
    "RGI_Emoji",
];

#[cfg(test)]
mod tests {
    use super::*;

    fn why(pattern: &str, flags: &str) -> Option<String> {
        check(pattern, flags).err().map(|e| format!("{}+{} {}", e.at, e.len, e.why))
    }

    #[test]
    fn patterns() {
        let good = [
            ("a|b*?(c+){2,3}?[^d-f]\\d.$", ""),
            ("{}]a{,1}\\c\\u{1}(?=a)*\\k<a>[\\d-z]\\8\\012", ""),
            ("(?<a>b)|(?<a>c)\\k<a>", "u"),
            ("\\p{Script=Latin}\\P{Lu}\\p{ID_Start}", "u"),
            ("[\\p{L}--[a-z]]|[\\q{a|bc}\\p{RGI_Emoji}\\&-x]", "v"),
            ("(?i-m:a)(?-s:b)(?:c)", ""),
            ("\\u{1F600}\\ud83d\\ude00\\-", ""),
            ("[😀-😎]", "u"),
            ("(?<!a)b(?<=c)", "u"),
        ];
        for (pattern, flags) in good {
            assert_eq!(why(pattern, flags), None, "/{pattern}/{flags}");
        }
        let bad = [
            ("a**", "", "2+1 nothing to repeat"),
            ("(a", "", "0+1 group has no closing `)`"),
            ("a)", "", "1+1 unmatched `)`"),
            ("x[b-a]", "", "2+3 the range is out of order"),
            ("[😀-😎]", "", "1+5 the range is out of order"),
            ("[a", "", "0+1 class has no closing `]`"),
            ("a{2,1}", "", "1+5 the bounds of the quantifier are out of order"),
            ("\\u{110000}", "u", "0+2 invalid Unicode escape"),
            ("\\1", "u", "0+2 there is no group 1"),
            ("(?<a>b)(?<a>c)", "", "9+3 two groups that can take part together are named `a`"),
            ("(?<a>b)\\k<c>", "", "9+3 there is no group named `c`"),
            ("\\p{Foo}", "u", "0+7 there is no property `Foo`"),
            ("[^\\q{ab}]", "v", "0+9 a negated class cannot contain strings"),
            ("[a--b&&c]", "v", "5+2 `&&` needs one operand on each side and cannot be mixed"),
            ("(?ii:a)", "", "0+4 invalid group"),
            ("(?<=a)*", "", "6+1 nothing to repeat"),
        ];
        for (pattern, flags, error) in bad {
            assert_eq!(why(pattern, flags).as_deref(), Some(error), "/{pattern}/{flags}");
        }
        let deep = "(".repeat(100_000);
        assert!(why(&deep, "").is_some_and(|e| e.contains("levels deep")));
    }
}
