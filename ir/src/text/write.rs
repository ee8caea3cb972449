//! Writes modules and functions as text; see the module for the form.

use crate::ids::*;
use crate::op::*;
use crate::{ClassData, Func, InstData, Kind, ListRef, Module, Ty};
use std::fmt::Write;
use ultra_abi::rtfn::RtFn;

/// The text of a whole module: declarations, then bodies.
pub fn module_to_string(m: &Module) -> String {
    let mut out = String::new();
    for (id, s) in m.strings.iter() {
        let _ = writeln!(out, "str {id} = {}", quote(s));
    }
    for (id, s) in m.sigs.iter() {
        let _ = writeln!(out, "sig {id} = {}", sig(&s.params, s.ret));
    }
    for (id, g) in m.globals.iter() {
        let _ = writeln!(out, "global {id} = {g}");
    }
    for (id, c) in m.classes.iter() {
        class(&mut out, m, id, c);
    }
    for (id, f) in m.funcs.iter() {
        let body = m.bodies.get(id).and_then(Option::as_ref);
        let _ = write!(
            out,
            "{} {id} {}{}",
            if body.is_some() { "func" } else { "decl" },
            name(&f.name),
            sig(&f.sig.params, f.sig.ret)
        );
        let _ = write!(out, " cell={}", f.cell);
        for (on, word) in [
            (f.nothrow, "nothrow"),
            (f.pure_, "pure"),
            (f.always_inline, "always_inline"),
            (f.no_inline, "no_inline"),
        ] {
            if on {
                let _ = write!(out, " {word}");
            }
        }
        match body {
            Some(body) => func_body(&mut out, body, m),
            None => out.push('\n'),
        }
    }
    out
}

/// The text of one function, without the number and attributes of its declaration.
pub fn func_to_string(f: &Func, m: &Module) -> String {
    let mut out = String::new();
    let _ = write!(out, "func {}{}", name(&f.name), sig(&f.params, f.ret.unwrap_or(Ty::Void)));
    func_body(&mut out, f, m);
    out
}

fn class(out: &mut String, m: &Module, id: ClassId, c: &ClassData) {
    let _ = write!(out, "class {id} {}", name(&c.name));
    if !c.parent.is_none() {
        let _ = write!(out, " extends {}", c.parent);
    }
    let _ = write!(out, " shape={} size={} depth={}", c.shape, c.size, c.depth);
    if c.meta_bits != 0 {
        let _ = write!(out, " meta={}", c.meta_bits);
    }
    for (on, word) in [(c.leaf, "leaf"), (c.acyclic, "acyclic")] {
        if on {
            let _ = write!(out, " {word}");
        }
    }
    out.push_str(" {");
    for (i, f) in own_fields(m, id).enumerate() {
        let d = &m.fields[f];
        let _ = write!(
            out,
            "{} {}: {} @{}",
            if i == 0 { "" } else { "," },
            name(&d.name),
            d.kind.name(),
            d.offset
        );
        if d.immutable {
            out.push_str(" immutable");
        }
    }
    out.push_str(" }\n");
}

/// Fields that a class itself declares.
pub(super) fn own_fields(m: &Module, id: ClassId) -> impl Iterator<Item = FieldId> + '_ {
    m.classes[id].fields.iter().copied().filter(move |&f| m.fields[f].class == id)
}

fn sig(params: &[Ty], ret: Ty) -> String {
    let list: Vec<_> = params.iter().map(|t| t.name()).collect();
    match ret {
        Ty::Void => format!("({})", list.join(", ")),
        ret => format!("({}) -> {}", list.join(", "), ret.name()),
    }
}

fn is_word(s: &str) -> bool {
    !s.is_empty()
        && s.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == '$')
        && !s.starts_with(|c: char| c.is_ascii_digit())
}

fn name(s: &str) -> String {
    if is_word(s) { s.into() } else { quote(&s.encode_utf16().collect::<Vec<_>>()) }
}

fn quote(units: &[u16]) -> String {
    let mut out = String::from("\"");
    for &u in units {
        match u {
            0x22 => out.push_str("\\\""),
            0x5c => out.push_str("\\\\"),
            0x20..=0x7e => out.push(u as u8 as char),
            _ => {
                let _ = write!(out, "\\u{u:04x}");
            }
        }
    }
    out.push('"');
    out
}

fn func_body(out: &mut String, f: &Func, m: &Module) {
    out.push_str(" {\n");
    for &b in &f.layout {
        let data = &f.blocks[b];
        let _ = write!(out, "{b}");
        if !data.params.is_empty() {
            let list: Vec<_> = data.params.iter().map(|&p| format!("{p}: {}", f.ty(p).name())).collect();
            let _ = write!(out, "({})", list.join(", "));
        }
        out.push_str(if data.cold { " cold:\n" } else { ":\n" });
        for &i in &data.insts {
            out.push_str("    ");
            inst(out, f, m, i);
            out.push('\n');
        }
    }
    out.push_str("}\n");
}

fn inst(out: &mut String, f: &Func, m: &Module, i: Inst) {
    let d = f.insts[i];
    let info = d.op.info();
    if let Some(r) = f.result(i) {
        let _ = match info.rule {
            Rule::Explicit => write!(out, "{r}: {} = ", f.ty(r).name()),
            _ => write!(out, "{r} = "),
        };
    }
    out.push_str(info.name);
    suffix(out, &d);
    let _ = match info.format {
        Format::Nullary => Ok(()),
        Format::Imm64 => write!(out, " {}", imm64(&d)),
        Format::Unary => write!(out, " {}", d.arg_a()),
        Format::Binary => write!(out, " {}, {}", d.arg_a(), d.arg_b()),
        Format::Ternary => write!(out, " {}, {}, {}", d.arg_a(), d.arg_b(), d.arg_c()),
        Format::Imm => write!(out, " {}", imm(m, info.imm, d.a)),
        Format::UnaryImm => write!(out, " {}, {}", d.arg_a(), imm(m, info.imm, d.b)),
        Format::BinaryImm => write!(out, " {}, {}, {}", d.arg_a(), d.arg_b(), imm(m, info.imm, d.c)),
        Format::Call => {
            let args: Vec<_> = f.values_of(d.list()).map(|v| v.to_string()).collect();
            let _ = write!(out, " {}({})", imm(m, info.imm, d.a), args.join(", "));
            match d.op {
                Op::CallVirtual | Op::CallCell => write!(out, ", {}", SigId(d.c)),
                _ if d.c == 0 => Ok(()),
                _ => write!(out, ", c={}", d.c as i32),
            }
        }
        Format::Jump => write!(out, " {}", target(f, d.a)),
        Format::Branch => write!(out, " {}, {}, {}", d.arg_a(), target(f, d.b), target(f, d.c)),
        Format::BrExc => write!(out, " {}, {}", target(f, d.a), target(f, d.b)),
        Format::Switch => {
            let targets = f.list(ListRef(d.b));
            let cases = f.list(ListRef(d.c)).iter().zip(&targets[1..]);
            let cases: Vec<_> = cases.map(|(&v, &t)| format!("{}: {}", v as i32, target(f, t))).collect();
            write!(out, " {}, {}, [{}]", d.arg_a(), target(f, targets[0]), cases.join(", "))
        }
    };
}

fn target(f: &Func, bc: u32) -> String {
    let call = f.block_calls[BlockCallId(bc)];
    let args: Vec<_> = f.values_of(call.args).map(|v| v.to_string()).collect();
    if args.is_empty() { call.block.to_string() } else { format!("{}({})", call.block, args.join(", ")) }
}

/// `aux` as dotted words: names where the op gives it a meaning, else a number.
fn suffix(out: &mut String, d: &InstData) {
    let barrier = |b: u16| Barrier::get(b).filter(|&b| b != Barrier::None).map(Barrier::name);
    let word = match d.op {
        Op::ICmp => IntCc::get(d.aux).map(IntCc::name),
        Op::FCmp => FloatCc::get(d.aux).map(FloatCc::name),
        Op::AnyIs => AnyTest::get(d.aux).map(AnyTest::name),
        Op::StoreField if d.aux < 3 => {
            if let Some(b) = barrier(d.aux) {
                let _ = write!(out, ".{b}");
            }
            return;
        }
        Op::LoadElem | Op::StoreElem => {
            let kind = Kind::ALL.get((d.aux & 0xff) as usize).map(|k| k.name());
            let _ = write!(out, ".{}", kind.unwrap_or("?"));
            barrier(d.aux >> 8)
        }
        Op::JsUnary => JsUnOp::get(d.aux).map(JsUnOp::name),
        Op::JsBinary => JsBinOp::get(d.aux).map(JsBinOp::name),
        Op::JsConvert => ConvertWhy::get(d.aux).map(ConvertWhy::name),
        Op::JsNarrow => NarrowTest::get(d.aux).map(NarrowTest::name),
        _ if d.aux == 0 => None,
        _ => {
            let _ = write!(out, ".{}", d.aux);
            return;
        }
    };
    if let Some(word) = word {
        let _ = write!(out, ".{word}");
    }
}

fn imm64(d: &InstData) -> String {
    let bits = d.imm();
    match d.op {
        Op::IConst if d.ty == Ty::I32 => (bits as i32).to_string(),
        Op::IConst => (bits as i64).to_string(),
        Op::F64Const if !f64::from_bits(bits).is_nan() => format!("{:?}", f64::from_bits(bits)),
        Op::F32Const if !f32::from_bits(bits as u32).is_nan() => format!("{:?}", f32::from_bits(bits as u32)),
        Op::BConst | Op::JsBool if bits < 2 => (if bits == 1 { "true" } else { "false" }).into(),
        Op::RefConst if bits < 2 => (if bits == 1 { "null" } else { "undefined" }).into(),
        _ => format!("0x{bits:x}"),
    }
}

fn imm(m: &Module, kind: ImmKind, word: u32) -> String {
    match kind {
        ImmKind::None | ImmKind::Number => word.to_string(),
        ImmKind::Str => StrId(word).to_string(),
        ImmKind::Field => field(m, FieldId(word)),
        ImmKind::Class => ClassId(word).to_string(),
        ImmKind::Func => FuncId(word).to_string(),
        ImmKind::Rt => RtFn::from_index(word).map_or_else(|| word.to_string(), |f| f.sig().name.into()),
        ImmKind::Sig => SigId(word).to_string(),
        ImmKind::Global => GlobalId(word).to_string(),
        ImmKind::Decl if word == u32::MAX => "decl?".into(),
        ImmKind::Decl => format!("decl{word}"),
    }
}

/// `Store.len`, `class0.x`, or `class0.#2` (the third own field) when the name will not do.
fn field(m: &Module, id: FieldId) -> String {
    let Some(d) = m.fields.get(id) else { return id.to_string() };
    if d.class.is_none() {
        return d.name.to_string();
    }
    let same = own_fields(m, d.class).filter(|&f| m.fields[f].name == d.name).count();
    if same == 1 && is_word(&d.name) {
        return format!("{}.{}", d.class, d.name);
    }
    match own_fields(m, d.class).position(|f| f == id) {
        Some(at) => format!("{}.#{at}", d.class),
        None => id.to_string(),
    }
}
