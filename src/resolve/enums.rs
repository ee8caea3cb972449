//! Constant values of enum members.
//!
//! A member without initialiser is the one before plus 1. An initialiser is folded when it is
//! made of literals, arithmetic, and members of this enum or of one declared before.

use la_arena::ArenaMap;

use super::*;
use crate::syntax::ast::{BinaryOp, EnumDecl, Expr, PropKey, Stmt, StrValue, TemplateChunk, UnaryOp};

/// The value of an enum member.
#[derive(Clone, PartialEq, Debug)]
pub enum EnumValue {
    Number(f64),
    Str(String),
    /// Not a constant that is folded here.
    Computed,
}

pub(super) fn evaluate(r: &mut Resolved, ast: &Ast, names: &Interner) {
    let stmts: Vec<StmtId> = r.stmt_binding.iter().map(|(s, _)| s).collect();
    let mut values = ArenaMap::default();
    for stmt in stmts {
        let Stmt::Enum(decl) = &ast[stmt] else { continue };
        let binding = r.stmt_binding.get(stmt).copied();
        // Members of earlier parts are in scope.
        let earlier = r.stmt_binding.iter().filter(|&(s, b)| s < stmt && Some(*b) == binding);
        let outer = earlier.filter_map(|(s, _)| values.get(s)).flatten().cloned().collect();
        let members = Folder { r, ast, names, done: &values, outer, members: Vec::new() }.members(decl);
        values.insert(stmt, members);
    }
    r.enum_values = values;
}

struct Folder<'a> {
    r: &'a Resolved,
    ast: &'a Ast,
    names: &'a Interner,
    done: &'a ArenaMap<StmtId, Vec<(Name, EnumValue)>>,
    /// Members of earlier parts of the enum.
    outer: Vec<(Name, EnumValue)>,
    members: Vec<(Name, EnumValue)>,
}

impl Folder<'_> {
    fn members(mut self, decl: &EnumDecl) -> Vec<(Name, EnumValue)> {
        let mut next = EnumValue::Number(0.0);
        for m in &decl.members {
            let value = match m.value {
                Some(e) => self.expr(e),
                None => next,
            };
            next = match value {
                EnumValue::Number(n) => EnumValue::Number(n + 1.0),
                _ => EnumValue::Computed,
            };
            let name = match m.key {
                PropKey::Ident(i) => i.name,
                PropKey::String(StrValue::Text(n), _) => n,
                _ => continue,
            };
            self.members.push((name, value));
        }
        self.members
    }

    fn expr(&self, id: ExprId) -> EnumValue {
        match &self.ast[id] {
            Expr::Paren(e) => self.expr(*e),
            Expr::Number(n) => EnumValue::Number(self.ast[*n].value),
            Expr::String(StrValue::Text(n)) => EnumValue::Str(self.names.resolve(*n).to_owned()),
            Expr::Template { chunks, exprs } => self.template(chunks, exprs),
            Expr::Name(name) => match self.members.iter().chain(&self.outer).find(|m| m.0 == *name) {
                Some(m) => m.1.clone(),
                None => number_name(self.names.resolve(*name)),
            },
            Expr::Member { object, name, .. } => self.other(*object, name.name),
            Expr::Unary { op, operand } => match (op, self.expr(*operand)) {
                (UnaryOp::Neg, EnumValue::Number(n)) => EnumValue::Number(-n),
                (UnaryOp::Plus, EnumValue::Number(n)) => EnumValue::Number(n),
                (UnaryOp::BitNot, EnumValue::Number(n)) => EnumValue::Number(f64::from(!to_int32(n))),
                _ => EnumValue::Computed,
            },
            Expr::Binary { op, left, right } => binary(*op, self.expr(*left), self.expr(*right)),
            _ => EnumValue::Computed,
        }
    }

    fn template(&self, chunks: &[TemplateChunk], exprs: &[ExprId]) -> EnumValue {
        let mut out = String::new();
        for (i, chunk) in chunks.iter().enumerate() {
            let Some(StrValue::Text(n)) = chunk.cooked else { return EnumValue::Computed };
            out.push_str(self.names.resolve(n));
            match exprs.get(i).map(|&e| self.expr(e)) {
                Some(EnumValue::Str(s)) => out.push_str(&s),
                Some(EnumValue::Number(n)) if is_plain(n) => out.push_str(&n.to_string()),
                Some(_) => return EnumValue::Computed,
                None => {}
            }
        }
        EnumValue::Str(out)
    }

    fn other(&self, object: ExprId, member: Name) -> EnumValue {
        let Some(&reference) = self.r.expr_ref.get(object) else { return EnumValue::Computed };
        let reference = &self.r.refs[reference];
        match self.r.lookup(reference.lex, reference.name).map(|b| self.r.bindings[b].bound) {
            Some(BoundTo::Enum(first)) => {
                let parts = self.r.enum_parts.get(first).into_iter().flatten();
                let done = parts.filter_map(|&p| self.done.get(p)).flatten();
                let found = done.chain(&self.members).find(|m| m.0 == member);
                found.map_or(EnumValue::Computed, |m| m.1.clone())
            }
            _ => EnumValue::Computed,
        }
    }
}

fn number_name(text: &str) -> EnumValue {
    match text {
        "NaN" => EnumValue::Number(f64::NAN),
        "Infinity" => EnumValue::Number(f64::INFINITY),
        _ => EnumValue::Computed,
    }
}

/// An integer whose digits are what ECMAScript writes.
fn is_plain(n: f64) -> bool {
    n.fract() == 0.0 && n.abs() < 9e15 && (n != 0.0 || n.is_sign_positive())
}

fn binary(op: BinaryOp, a: EnumValue, b: EnumValue) -> EnumValue {
    match (a, b) {
        (EnumValue::Number(a), EnumValue::Number(b)) => arithmetic(op, a, b),
        (EnumValue::Str(a), EnumValue::Str(b)) if op == BinaryOp::Add => EnumValue::Str(a + &b),
        (EnumValue::Str(a), EnumValue::Number(n)) if op == BinaryOp::Add && is_plain(n) => {
            EnumValue::Str(format!("{a}{n}"))
        }
        (EnumValue::Number(n), EnumValue::Str(b)) if op == BinaryOp::Add && is_plain(n) => {
            EnumValue::Str(format!("{n}{b}"))
        }
        _ => EnumValue::Computed,
    }
}

fn arithmetic(op: BinaryOp, a: f64, b: f64) -> EnumValue {
    let shift = to_int32(b) & 31;
    EnumValue::Number(match op {
        BinaryOp::Add => a + b,
        BinaryOp::Sub => a - b,
        BinaryOp::Mul => a * b,
        BinaryOp::Div => a / b,
        BinaryOp::Rem => a % b,
        BinaryOp::Pow => a.powf(b),
        BinaryOp::BitAnd => f64::from(to_int32(a) & to_int32(b)),
        BinaryOp::BitOr => f64::from(to_int32(a) | to_int32(b)),
        BinaryOp::BitXor => f64::from(to_int32(a) ^ to_int32(b)),
        BinaryOp::Shl => f64::from(to_int32(a) << shift),
        BinaryOp::Shr => f64::from(to_int32(a) >> shift),
        BinaryOp::UShr => f64::from((to_int32(a) as u32) >> shift),
        _ => return EnumValue::Computed,
    })
}

/// ECMAScript ToInt32.
fn to_int32(n: f64) -> i32 {
    if !n.is_finite() {
        return 0;
    }
    let m = n.trunc() % 4_294_967_296.0;
    (if m < 0.0 { m + 4_294_967_296.0 } else { m }) as u32 as i32
}
