//! Constant values of enum members.
//!
//! A member without initialiser is the one before plus 1. An initialiser is folded when it is
//! made of literals, arithmetic, and members of this enum or of one declared before.

use la_arena::ArenaMap;

use super::*;
use crate::syntax::ast::{BinaryOp, EnumDecl, Expr, PropKey, Stmt, StrValue, UnaryOp};

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
        let members = Folder { r, ast, names, done: &values, members: Vec::new() }.members(decl);
        values.insert(stmt, members);
    }
    r.enum_values = values;
}

struct Folder<'a> {
    r: &'a Resolved,
    ast: &'a Ast,
    names: &'a Interner,
    done: &'a ArenaMap<StmtId, Vec<(Name, EnumValue)>>,
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
            Expr::Template { chunks, exprs } if exprs.is_empty() => match chunks.first().map(|c| c.cooked) {
                Some(Some(StrValue::Text(n))) => EnumValue::Str(self.names.resolve(n).to_owned()),
                _ => EnumValue::Computed,
            },
            Expr::Name(name) => find(&self.members, *name),
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

    fn other(&self, object: ExprId, member: Name) -> EnumValue {
        let Some(&reference) = self.r.expr_ref.get(object) else { return EnumValue::Computed };
        let reference = &self.r.refs[reference];
        match self.r.lookup(reference.lex, reference.name).map(|b| self.r.bindings[b].bound) {
            Some(BoundTo::Enum(stmt)) => match self.done.get(stmt) {
                Some(members) => find(members, member),
                None => find(&self.members, member),
            },
            _ => EnumValue::Computed,
        }
    }
}

fn find(members: &[(Name, EnumValue)], name: Name) -> EnumValue {
    members.iter().find(|m| m.0 == name).map_or(EnumValue::Computed, |m| m.1.clone())
}

fn binary(op: BinaryOp, a: EnumValue, b: EnumValue) -> EnumValue {
    match (a, b) {
        (EnumValue::Number(a), EnumValue::Number(b)) => arithmetic(op, a, b),
        (EnumValue::Str(a), EnumValue::Str(b)) if op == BinaryOp::Add => EnumValue::Str(a + &b),
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
