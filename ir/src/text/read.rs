//! Reads the text form. Errors carry a line; nothing here panics on bad text.
//!
//! Types that an op's rule derives from its operands are resolved after the whole
//! function is read, because blocks may stand in any order.

use super::write::own_fields;
use crate::ids::*;
use crate::op::*;
use crate::{BlockCall, ClassData, Def, FieldData, Func, FuncDecl, InstData, Kind, Module, Sig, Ty};
use std::fmt;
use ultra_abi::rtfn::RtFn;

/// Why a text could not be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParseError {
    /// 1-based.
    pub line: u32,
    pub message: String,
}

impl fmt::Display for ParseError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}: {}", self.line, self.message)
    }
}

impl std::error::Error for ParseError {}

type Res<T> = Result<T, ParseError>;

/// Value and block numbers above this are refused, so that a typing error costs no memory.
const MAX_ID: u32 = 1 << 20;

#[derive(Clone, PartialEq, Debug)]
enum Tok {
    Word(String),
    Str(Vec<u16>),
    Punct(char),
    Arrow,
    End,
}

/// Reads a module: declarations and bodies in any order, except that an id is declared before its use by a body.
pub fn parse_module(text: &str) -> Res<Module> {
    let mut p = Parser::new(text)?;
    let mut m = Module::new();
    while p.peek() != &Tok::End {
        p.declaration(&mut m)?;
    }
    Ok(m)
}

/// Reads one function that refers to entities of an existing module.
pub fn parse_func(text: &str, module: &Module) -> Res<Func> {
    let mut p = Parser::new(text)?;
    p.keyword("func")?;
    let name = p.name()?;
    let sig = p.signature()?;
    p.body(name, sig, module)
}

struct Parser {
    toks: Vec<(Tok, u32)>,
    at: usize,
}

fn lex(text: &str) -> Res<Vec<(Tok, u32)>> {
    let mut out = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let n = n as u32 + 1;
        let mut rest = line;
        while let Some(c) = rest.chars().next() {
            let number = c.is_ascii_digit()
                || (c == '-' && rest[1..].starts_with(|c: char| c.is_ascii_digit() || c == 'i'));
            if c == ';' {
                break;
            } else if c.is_whitespace() {
                rest = &rest[c.len_utf8()..];
            } else if rest.starts_with("->") {
                out.push((Tok::Arrow, n));
                rest = &rest[2..];
            } else if c == '"' {
                let (units, len) = string(rest)
                    .ok_or_else(|| ParseError { line: n, message: "unfinished string".into() })?;
                out.push((Tok::Str(units), n));
                rest = &rest[len..];
            } else if number || c.is_ascii_alphabetic() || c == '_' || c == '$' {
                let mut len = 1;
                let bytes = rest.as_bytes();
                while len < bytes.len() {
                    let b = bytes[len];
                    let exponent = number && (b == b'-' || b == b'+') && bytes[len - 1] == b'e';
                    if !(b.is_ascii_alphanumeric() || b"_$.?#".contains(&b) || exponent) {
                        break;
                    }
                    len += 1;
                }
                out.push((Tok::Word(rest[..len].into()), n));
                rest = &rest[len..];
            } else {
                out.push((Tok::Punct(c), n));
                rest = &rest[c.len_utf8()..];
            }
        }
    }
    let last = text.lines().count() as u32;
    out.push((Tok::End, last));
    Ok(out)
}

/// The units of a quoted string at the start of `s`, and its length in bytes.
fn string(s: &str) -> Option<(Vec<u16>, usize)> {
    let mut units = Vec::new();
    let mut chars = s.char_indices().skip(1);
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return Some((units, at + 1)),
            '\\' => match chars.next()?.1 {
                'u' => {
                    let mut u = 0u16;
                    for _ in 0..4 {
                        u = u << 4 | chars.next()?.1.to_digit(16)? as u16;
                    }
                    units.push(u);
                }
                'n' => units.push(10),
                c => units.extend(c.encode_utf16(&mut [0; 2]).iter()),
            },
            c => units.extend(c.encode_utf16(&mut [0; 2]).iter()),
        }
    }
    None
}

impl Parser {
    fn new(text: &str) -> Res<Parser> {
        Ok(Parser { toks: lex(text)?, at: 0 })
    }

    fn peek(&self) -> &Tok {
        &self.toks[self.at].0
    }

    fn next(&mut self) -> Tok {
        let t = self.toks[self.at].0.clone();
        if self.at + 1 < self.toks.len() {
            self.at += 1;
        }
        t
    }

    fn err<T>(&self, message: impl Into<String>) -> Res<T> {
        Err(ParseError { line: self.toks[self.at.saturating_sub(1)].1, message: message.into() })
    }

    fn eat(&mut self, c: char) -> bool {
        let yes = self.peek() == &Tok::Punct(c);
        if yes {
            self.next();
        }
        yes
    }

    fn expect(&mut self, c: char) -> Res<()> {
        if self.eat(c) { Ok(()) } else { self.err(format!("expected `{c}`, found {:?}", self.peek())) }
    }

    fn eat_word(&mut self, w: &str) -> bool {
        let yes = matches!(self.peek(), Tok::Word(x) if x == w);
        if yes {
            self.next();
        }
        yes
    }

    fn keyword(&mut self, w: &str) -> Res<()> {
        if self.eat_word(w) { Ok(()) } else { self.err(format!("expected `{w}`, found {:?}", self.peek())) }
    }

    fn word(&mut self) -> Res<String> {
        match self.next() {
            Tok::Word(w) => Ok(w),
            t => self.err(format!("expected a word, found {t:?}")),
        }
    }

    fn name(&mut self) -> Res<String> {
        match self.next() {
            Tok::Word(w) => Ok(w),
            Tok::Str(u) => Ok(String::from_utf16_lossy(&u)),
            t => self.err(format!("expected a name, found {t:?}")),
        }
    }

    /// An id with a prefix, such as `class3`; `class?` is NONE.
    fn id(&mut self, prefix: &str) -> Res<u32> {
        let w = self.word()?;
        match parse_id(&w, prefix) {
            Some(n) => Ok(n),
            None => self.err(format!("expected an id like {prefix}0, found `{w}`")),
        }
    }

    fn small_id(&mut self, prefix: &str) -> Res<u32> {
        let n = self.id(prefix)?;
        if n < MAX_ID { Ok(n) } else { self.err(format!("{prefix}{n} is too large")) }
    }

    fn number(&mut self) -> Res<u64> {
        let w = self.word()?;
        match parse_number(&w) {
            Some(n) => Ok(n),
            None => self.err(format!("expected a number, found `{w}`")),
        }
    }

    fn u32(&mut self) -> Res<u32> {
        Ok(self.number()? as u32)
    }

    fn ty(&mut self) -> Res<Ty> {
        let w = self.word()?;
        match Ty::ALL.into_iter().find(|t| t.name() == w) {
            Some(t) => Ok(t),
            None => self.err(format!("unknown type `{w}`")),
        }
    }

    fn kind(&mut self) -> Res<Kind> {
        let w = self.word()?;
        match Kind::from_name(&w) {
            Some(k) => Ok(k),
            None => self.err(format!("unknown element kind `{w}`")),
        }
    }

    /// Comma-separated items up to a closing character, which is consumed.
    fn list<T>(&mut self, close: char, mut item: impl FnMut(&mut Parser) -> Res<T>) -> Res<Vec<T>> {
        let mut out = Vec::new();
        if self.eat(close) {
            return Ok(out);
        }
        loop {
            out.push(item(self)?);
            if self.eat(close) {
                return Ok(out);
            }
            self.expect(',')?;
        }
    }

    fn signature(&mut self) -> Res<Sig> {
        self.expect('(')?;
        let params = self.list(')', |p| p.ty())?;
        let ret = if self.peek() == &Tok::Arrow {
            self.next();
            self.ty()?
        } else {
            Ty::Void
        };
        Ok(Sig { params, ret })
    }

    fn declaration(&mut self, m: &mut Module) -> Res<()> {
        let word = self.word()?;
        match word.as_str() {
            "str" => {
                let id = self.id("str")?;
                self.next_id(id, m.strings.len())?;
                self.expect('=')?;
                match self.next() {
                    Tok::Str(u) => m.strings.push(u.into()),
                    _ => return self.err("expected a string"),
                };
            }
            "sig" => {
                let id = self.id("sig")?;
                self.next_id(id, m.sigs.len())?;
                self.expect('=')?;
                let sig = self.signature()?;
                m.sigs.push(sig);
            }
            "global" => {
                let id = self.id("global")?;
                self.next_id(id, m.globals.len())?;
                self.expect('=')?;
                let object = self.u32()?;
                m.globals.push(object);
            }
            "class" => self.class(m)?,
            "decl" => {
                self.func_decl(m)?;
            }
            "func" => {
                let id = self.func_decl(m)?;
                let decl = &m.funcs[id];
                let body = self.body(decl.name.to_string(), decl.sig.clone(), m)?;
                m.bodies[id] = Some(body);
            }
            w => return self.err(format!("unknown declaration `{w}`")),
        }
        Ok(())
    }

    fn next_id(&self, id: u32, len: usize) -> Res<()> {
        if id as usize == len { Ok(()) } else { self.err(format!("expected number {len} next, found {id}")) }
    }

    fn func_decl(&mut self, m: &mut Module) -> Res<FuncId> {
        if matches!(self.peek(), Tok::Word(w) if parse_id(w, "fn").is_some()) {
            let id = self.id("fn")?;
            self.next_id(id, m.funcs.len())?;
        }
        let name = self.name()?.into();
        let sig = self.signature()?;
        let cell = m.funcs.len() as u32;
        let mut d = FuncDecl {
            name,
            sig,
            cell,
            nothrow: false,
            pure_: false,
            always_inline: false,
            no_inline: false,
        };
        loop {
            if self.eat_word("cell") {
                self.expect('=')?;
                d.cell = self.u32()?;
            } else if self.eat_word("nothrow") {
                d.nothrow = true;
            } else if self.eat_word("pure") {
                d.pure_ = true;
            } else if self.eat_word("always_inline") {
                d.always_inline = true;
            } else if self.eat_word("no_inline") {
                d.no_inline = true;
            } else {
                return Ok(m.add_func(d));
            }
        }
    }

    fn class(&mut self, m: &mut Module) -> Res<()> {
        let n = self.id("class")?;
        self.next_id(n, m.classes.len())?;
        let id = ClassId(n);
        let name = self.name()?.into();
        let mut c = ClassData {
            name,
            parent: ClassId::NONE,
            shape: ultra_abi::shape::FIRST_PROGRAM_SHAPE + n,
            size: 8,
            depth: 0,
            fields: Vec::new(),
            leaf: false,
            acyclic: false,
            meta_bits: 0,
        };
        while !self.eat('{') {
            match self.word()?.as_str() {
                "extends" => {
                    c.parent = ClassId(self.id("class")?);
                    match m.classes.get(c.parent) {
                        Some(p) => {
                            c.fields = p.fields.clone();
                            c.depth = p.depth + 1;
                        }
                        None => return self.err("unknown base class"),
                    }
                }
                "leaf" => c.leaf = true,
                "acyclic" => c.acyclic = true,
                key @ ("shape" | "size" | "depth" | "meta") => {
                    self.expect('=')?;
                    let value = self.u32()?;
                    match key {
                        "shape" => c.shape = value,
                        "size" => c.size = value,
                        "depth" => c.depth = value,
                        _ => c.meta_bits = value,
                    }
                }
                w => return self.err(format!("unknown class attribute `{w}`")),
            }
        }
        let own = self.list('}', |p| {
            let name = p.name()?.into();
            p.expect(':')?;
            let kind = p.kind()?;
            p.expect('@')?;
            let offset = p.u32()?;
            let immutable = p.eat_word("immutable");
            Ok(FieldData { name, kind, offset, immutable, class: id })
        })?;
        for f in own {
            c.fields.push(m.fields.push(f));
        }
        c.fields.sort_by_key(|&f| m.fields[f].offset);
        m.classes.push(c);
        Ok(())
    }

    // Bodies.

    fn body(&mut self, name: String, sig: Sig, m: &Module) -> Res<Func> {
        let ret = (sig.ret != Ty::Void).then_some(sig.ret);
        let mut b = Body { f: Func::new(name, sig.params, ret), m, pending: Vec::new() };
        self.expect('{')?;
        while !self.eat('}') {
            self.block(&mut b)?;
        }
        if b.f.layout.is_empty() {
            return self.err("a function needs a block");
        }
        for block in b.f.blocks.ids() {
            if !b.f.layout.contains(&block) && b.f.block_calls.values().any(|c| c.block == block) {
                return self.err(format!("{block} is not defined"));
            }
        }
        self.resolve_types(&mut b)?;
        Ok(b.f)
    }

    fn block(&mut self, b: &mut Body) -> Res<()> {
        let id = self.small_id("block")?;
        let block = b.block(id);
        if b.f.layout.contains(&block) {
            return self.err(format!("{block} is defined twice"));
        }
        b.f.layout.push(block);
        if self.eat('(') {
            let params = self.list(')', |p| {
                let v = p.small_id("v")?;
                p.expect(':')?;
                Ok((v, p.ty()?))
            })?;
            for (i, (v, ty)) in params.into_iter().enumerate() {
                let v = self.define(b, v, ty, Def::Param(block, i as u32))?;
                b.f.blocks[block].params.push(v);
            }
        }
        b.f.blocks[block].cold = self.eat_word("cold");
        self.expect(':')?;
        loop {
            match self.peek() {
                Tok::Punct('}') => return Ok(()),
                Tok::Word(w) if parse_id(w, "block").is_some() => return Ok(()),
                _ => self.inst(b, block)?,
            }
        }
    }

    fn define(&self, b: &mut Body, id: u32, ty: Ty, def: Def) -> Res<Value> {
        let v = b.value(id);
        if b.is_defined(v) {
            return self.err(format!("{v} is defined twice"));
        }
        b.f.values[v] = crate::func::ValueData { ty, def };
        Ok(v)
    }

    fn value(&mut self, b: &mut Body) -> Res<Value> {
        let id = self.small_id("v")?;
        Ok(b.value(id))
    }

    fn target(&mut self, b: &mut Body) -> Res<u32> {
        let id = self.small_id("block")?;
        let block = b.block(id);
        let mut args = Vec::new();
        if self.eat('(') {
            args = self.list(')', |p| p.value(b))?;
        }
        let args = b.f.make_values(&args);
        Ok(b.f.block_calls.push(BlockCall { block, args }).0)
    }

    fn inst(&mut self, b: &mut Body, block: Block) -> Res<()> {
        let mut result = None;
        let mut ty = Ty::Void;
        if matches!(self.peek(), Tok::Word(w) if parse_id(w, "v").is_some()) {
            result = Some(self.small_id("v")?);
            if self.eat(':') {
                ty = self.ty()?;
            }
            self.expect('=')?;
        }
        let full = self.word()?;
        let Some((op, suffixes)) = split_op(&full) else {
            return self.err(format!("unknown operation `{full}`"));
        };
        let info = op.info();
        let mut d = InstData::new(op, Ty::Void);
        d.aux = match aux(op, &suffixes) {
            Some(aux) => aux,
            None => return self.err(format!("bad suffix in `{full}`")),
        };
        match info.format {
            Format::Nullary => {}
            Format::Imm64 => {
                let bits = self.imm64(op, ty)?;
                (d.b, d.c) = (bits as u32, (bits >> 32) as u32);
            }
            Format::Unary => d.a = self.value(b)?.0,
            Format::Binary => {
                d.a = self.value(b)?.0;
                self.expect(',')?;
                d.b = self.value(b)?.0;
            }
            Format::Ternary => {
                d.a = self.value(b)?.0;
                self.expect(',')?;
                d.b = self.value(b)?.0;
                self.expect(',')?;
                d.c = self.value(b)?.0;
            }
            Format::Imm => d.a = self.imm(b.m, info.imm)?,
            Format::UnaryImm => {
                d.a = self.value(b)?.0;
                self.expect(',')?;
                d.b = self.imm(b.m, info.imm)?;
            }
            Format::BinaryImm => {
                d.a = self.value(b)?.0;
                self.expect(',')?;
                d.b = self.value(b)?.0;
                self.expect(',')?;
                d.c = self.imm(b.m, info.imm)?;
            }
            Format::Call => {
                d.a = self.imm(b.m, info.imm)?;
                self.expect('(')?;
                let args = self.list(')', |p| p.value(b))?;
                d.b = b.f.make_values(&args).0;
                d.c = 0;
                if self.eat(',') {
                    if matches!(op, Op::CallVirtual | Op::CallCell) {
                        d.c = self.id("sig")?;
                    } else {
                        self.keyword("c")?;
                        self.expect('=')?;
                        d.c = self.u32()?;
                    }
                }
            }
            Format::Jump => d.a = self.target(b)?,
            Format::Branch => {
                d.a = self.value(b)?.0;
                self.expect(',')?;
                d.b = self.target(b)?;
                self.expect(',')?;
                d.c = self.target(b)?;
            }
            Format::BrExc => {
                d.a = self.target(b)?;
                self.expect(',')?;
                d.b = self.target(b)?;
            }
            Format::Switch => {
                d.a = self.value(b)?.0;
                self.expect(',')?;
                let mut targets = vec![self.target(b)?];
                self.expect(',')?;
                self.expect('[')?;
                let cases = self.list(']', |p| {
                    let v = p.u32()?;
                    p.expect(':')?;
                    targets.push(p.target(b)?);
                    Ok(v)
                })?;
                d.b = b.f.make_list(targets).0;
                d.c = b.f.make_list(cases).0;
            }
        }
        self.place(b, block, d, result, ty)
    }

    fn place(&self, b: &mut Body, block: Block, mut d: InstData, result: Option<u32>, ty: Ty) -> Res<()> {
        let has_result = match d.op.info().rule {
            Rule::None => false,
            Rule::Explicit => ty != Ty::Void,
            _ => true,
        };
        if has_result != result.is_some() {
            return self.err(format!(
                "`{}` {} a result here",
                d.op.name(),
                if has_result { "needs" } else { "cannot have" }
            ));
        }
        if let Rule::Is(t) = d.op.info().rule {
            d.ty = t;
        } else {
            d.ty = ty;
        }
        let inst = b.f.insts.push(d);
        b.f.positions.push(u32::MAX);
        b.f.results.push(Value::NONE);
        b.f.blocks[block].insts.push(inst);
        if let Some(id) = result {
            let v = self.define(b, id, d.ty, Def::Inst(inst))?;
            b.f.results[inst] = v;
            if d.ty == Ty::Void {
                b.pending.push(inst);
            }
        }
        Ok(())
    }

    /// Gives `SameA` and `SameB` results their types, in as many rounds as chains of blocks need.
    fn resolve_types(&self, b: &mut Body) -> Res<()> {
        let f = &mut b.f;
        let mut pending = std::mem::take(&mut b.pending);
        while !pending.is_empty() {
            let before = pending.len();
            pending.retain(|&i| {
                let d = f.insts[i];
                let ty = f.result_ty(&d, Ty::Void);
                f.insts[i].ty = ty;
                f.values[f.results[i]].ty = ty;
                ty == Ty::Void
            });
            if pending.len() == before {
                return self.err(format!("type of {} cannot be derived", f.results[pending[0]]));
            }
        }
        Ok(())
    }

    fn imm64(&mut self, op: Op, ty: Ty) -> Res<u64> {
        let w = self.word()?;
        let bits = match (op, w.as_str()) {
            (Op::BConst | Op::JsBool, "true") | (Op::RefConst, "null") => Some(1),
            (Op::BConst | Op::JsBool, "false") | (Op::RefConst, "undefined") => Some(0),
            (Op::F64Const, w) if !w.starts_with("0x") => w.parse::<f64>().ok().map(f64::to_bits),
            (Op::F32Const, w) if !w.starts_with("0x") => w.parse::<f32>().ok().map(|x| x.to_bits() as u64),
            (Op::IConst, w) if ty == Ty::I32 => parse_number(w).map(|n| n as i32 as i64 as u64),
            (_, w) => parse_number(w),
        };
        match bits {
            Some(b) => Ok(b),
            None => self.err(format!("bad immediate `{w}`")),
        }
    }

    fn imm(&mut self, m: &Module, kind: ImmKind) -> Res<u32> {
        match kind {
            ImmKind::None | ImmKind::Number => self.u32(),
            ImmKind::Str => self.id("str"),
            ImmKind::Class => self.id("class"),
            ImmKind::Func => self.id("fn"),
            ImmKind::Sig => self.id("sig"),
            ImmKind::Global => self.id("global"),
            ImmKind::Decl => self.id("decl"),
            ImmKind::Rt => {
                let w = self.word()?;
                match RtFn::from_name(&w) {
                    Some(f) => Ok(f as u32),
                    None => self.err(format!("unknown runtime function `{w}`")),
                }
            }
            ImmKind::Field => {
                let w = self.word()?;
                match find_field(m, &w) {
                    Some(f) => Ok(f.0),
                    None => self.err(format!("unknown field `{w}`")),
                }
            }
        }
    }
}

struct Body<'a> {
    f: Func,
    m: &'a Module,
    /// Instructions whose result type waits for an operand's.
    pending: Vec<Inst>,
}

impl Body<'_> {
    /// The value with a number; numbers that the text skips stay undefined.
    fn value(&mut self, id: u32) -> Value {
        while self.f.values.len() <= id as usize {
            self.f.values.push(crate::func::ValueData { ty: Ty::Void, def: Def::Param(Block::NONE, 0) });
        }
        Value(id)
    }

    fn is_defined(&self, v: Value) -> bool {
        self.f.values[v].def != Def::Param(Block::NONE, 0)
    }

    fn block(&mut self, id: u32) -> Block {
        while self.f.blocks.len() <= id as usize {
            self.f.create_block();
        }
        Block(id)
    }
}

fn parse_id(w: &str, prefix: &str) -> Option<u32> {
    let rest = w.strip_prefix(prefix)?;
    if rest == "?" {
        return Some(u32::MAX);
    }
    rest.bytes().all(|b| b.is_ascii_digit()).then(|| rest.parse().ok()).flatten()
}

fn parse_number(w: &str) -> Option<u64> {
    match w.strip_prefix("0x") {
        Some(hex) => u64::from_str_radix(hex, 16).ok(),
        None if w.starts_with('-') => w.parse::<i64>().ok().map(|n| n as u64),
        None => w.parse().ok(),
    }
}

/// Op names contain dots too: the longest prefix that is a name wins.
fn split_op(full: &str) -> Option<(Op, Vec<&str>)> {
    let mut end = full.len();
    loop {
        if let Some(op) = Op::from_name(&full[..end]) {
            let rest = &full[end..];
            return Some((op, rest.split('.').skip(1).collect()));
        }
        end = full[..end].rfind('.')?;
    }
}

fn aux(op: Op, words: &[&str]) -> Option<u16> {
    let barrier = |w: &&str| Barrier::from_name(w).map(|b| b as u16);
    match (op, words) {
        (Op::ICmp, [w]) => IntCc::from_name(w).map(|x| x as u16),
        (Op::FCmp, [w]) => FloatCc::from_name(w).map(|x| x as u16),
        (Op::AnyIs, [w]) => AnyTest::from_name(w).map(|x| x as u16),
        (Op::JsUnary, [w]) => JsUnOp::from_name(w).map(|x| x as u16),
        (Op::JsBinary, [w]) => JsBinOp::from_name(w).map(|x| x as u16),
        (Op::JsConvert, [w]) => ConvertWhy::from_name(w).map(|x| x as u16),
        (Op::JsNarrow, [w]) => NarrowTest::from_name(w).map(|x| x as u16),
        (Op::ICmp | Op::FCmp | Op::AnyIs, []) => None,
        (Op::StoreField, [w]) => barrier(w),
        (Op::LoadElem | Op::StoreElem, [k]) => Kind::from_name(k).map(|k| k as u16),
        (Op::StoreElem, [k, w]) => Some(Kind::from_name(k)? as u16 | barrier(w)? << 8),
        (_, []) => Some(0),
        (_, [w]) => w.parse().ok(),
        _ => None,
    }
}

fn find_field(m: &Module, w: &str) -> Option<FieldId> {
    let (owner, name) = w.split_once('.')?;
    if let Some(class) = parse_id(owner, "class").map(ClassId) {
        m.classes.get(class)?;
        return match name.strip_prefix('#') {
            Some(at) => own_fields(m, class).nth(at.parse().ok()?),
            None => own_fields(m, class).find(|&f| &*m.fields[f].name == name),
        };
    }
    m.fields.iter().find(|(_, d)| d.class.is_none() && &*d.name == w).map(|(id, _)| id)
}

#[cfg(test)]
mod tests {
    use super::super::module_to_string;
    use super::*;

    const TEXT: &str = r#"str str0 = "a\"b\u2028"
sig sig0 = (ref) -> f64
global global0 = 70000000
class class0 Point shape=64 size=24 depth=0 { x: f64 @8, next: ref @16 immutable }
class class1 "P 3" extends class0 shape=65 size=32 depth=1 meta=4 leaf acyclic { x: str @24 }
decl fn0 helper(i32) -> i32 cell=0 nothrow
func fn1 main(i32, f64, ref) -> f64 cell=1 {
block0(v0: i32, v1: f64, v2: ref):
    v3: i32 = iconst -10
    v4 = icmp.slt v0, v3
    branch.1 v4, block1(v1), block2
block1(v5: f64):
    v6: f64 = load_field v2, class0.x
    store_field.full v2, v2, class0.next
    v7 = fadd v5, v20
    return v7
block2 cold:
    v8: i32 = call fn0(v0)
    br_exc block4, block3
block3:
    v9 = catch_value
    switch v8, block4, [3: block4, -1: block5(v0)]
block5(v10: i32):
    v11: i32 = load_field v2, Store.len
    v12 = f64const -0.0
    v13 = f64const 0x7ff0000000000001
    v14: f64 = call_virtual 3(v2), sig0
    v15 = js.binary.add v9, v9
    return v14
block4:
    v20 = f64const 1e300
    jump block1(v20)
}
"#;

    #[test]
    fn round_trip() {
        let m = parse_module(TEXT).unwrap();
        assert_eq!(module_to_string(&m), TEXT);
        assert_eq!(m.classes[ClassId(1)].fields.len(), 3);
        assert_eq!(m.bodies[FuncId(1)].as_ref().unwrap().ty(Value(7)), Ty::F64);
    }

    #[test]
    fn bad_text_is_an_error() {
        for text in [
            "func f() {",
            "func f() { block0: v1 = iadd v1, v1 return_void }",
            "func f() { block0: jump block9 }",
            "func f() { block0: v99999999 = bconst true }",
            "func f() { block0: v1 = load_field v0, Nope.x }",
            "str str1 = \"x\"",
            "func f() { block0: icmp v1, v1 }",
            "\"",
            "class class0 A extends class7 { }",
        ] {
            assert!(parse_module(text).is_err(), "{text}");
        }
    }
}
