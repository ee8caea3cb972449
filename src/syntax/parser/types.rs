//! TypeScript: types, and the declarations that concern types.

use super::*;

impl Parser<'_> {
    // Entry points used by the rest of the grammar.

    /// `: T`, if there is one.
    pub(super) fn type_annotation(&mut self) -> Option<TypeId> {
        if !self.at(T::Colon) {
            return None;
        }
        let colon = self.bump();
        if !self.dialect.has_types() {
            self.only_in(colon.span, "a type annotation", "TypeScript and UltraScript");
        }
        Some(self.type_expr())
    }

    /// Consumes one `>`, splitting a longer operator.
    pub(super) fn expect_greater(&mut self) -> bool {
        if matches!(self.tok.kind, T::Shr | T::UShr | T::Ge | T::ShrEq | T::UShrEq) && !self.gave_up {
            self.tok = self.lex.split_greater(self.tok);
        }
        self.expect(T::Gt)
    }

    /// Takes `<<`, which starts type arguments whose first is a function type, as two.
    fn split_less(&mut self) {
        if matches!(self.tok.kind, T::Shl | T::ShlEq) && !self.gave_up {
            self.tok = self.lex.split_less(self.tok);
        }
    }

    /// `<A, B>`
    pub(super) fn type_args(&mut self) -> Box<[TypeId]> {
        let (open, before) = (self.start(), self.errors());
        self.split_less();
        self.expect(T::Lt);
        let args = self.bracketed(Self::type_list);
        self.expect_greater();
        if self.attempts > 0 && self.errors() != before {
            // Type arguments of an expression cannot start here either.
            self.failed_attempts.insert(open << 1 | 1);
        }
        args.into()
    }

    pub(super) fn type_list(&mut self) -> Vec<TypeId> {
        let mut list = Vec::new();
        loop {
            list.push(self.type_expr());
            if !self.eat(T::Comma) {
                return list;
            }
        }
    }

    /// Type arguments in an expression; `None` when `<` is rather the operator.
    pub(super) fn type_args_in_expr(&mut self) -> Option<Box<[TypeId]>> {
        let before = self.errors();
        self.split_less();
        if !self.eat(T::Lt) {
            return None;
        }
        let args = self.bracketed(Self::type_list);
        if self.errors() != before {
            // What failed inside would fail again as an expression's type arguments.
            return None;
        }
        // Only a `>` of its own ends the list: `a < b, c >= d` compares.
        if !self.eat(T::Gt) {
            return None;
        }
        let follows = match self.tok.kind {
            T::LParen | T::Template | T::TemplateHead => true,
            T::Lt | T::Gt | T::Plus | T::Minus | T::Slash | T::SlashEq => false,
            T::LBrace => true,
            T::Keyword => {
                self.at_keyword(names::IN) || self.at_keyword(names::INSTANCEOF) || self.tok.newline_before
            }
            T::Ident => {
                self.tok.newline_before
                    || matches!(self.tok.name, names::AS | names::SATISFIES | names::IMPLEMENTS | names::OF)
            }
            T::Number | T::BigInt | T::String | T::LBracket | T::PrivateName | T::Bang | T::Tilde | T::At => {
                self.tok.newline_before
            }
            _ => true,
        };
        follows.then(|| args.into())
    }

    /// `<T extends C = D>`; empty when there are none.
    pub(super) fn type_params(&mut self) -> Box<[TypeParam]> {
        if !self.at(T::Lt) {
            return Box::default();
        }
        let open = self.bump();
        if !self.dialect.has_types() {
            self.only_in(open.span, "type parameters", "TypeScript and UltraScript");
        }
        let mut list = Vec::new();
        while !matches!(self.tok.kind, T::Gt | T::Eof) {
            let param = self.type_param();
            list.push(param);
            if !self.eat(T::Comma) {
                break;
            }
        }
        self.expect_greater();
        list.into()
    }

    fn type_param(&mut self) -> TypeParam {
        let (mut is_const, mut is_in, mut is_out) = (false, false, false);
        loop {
            if self.eat_keyword(names::CONST) {
                is_const = true;
            } else if self.eat_keyword(names::IN) {
                is_in = true;
            } else if self.at_word(names::OUT) && self.peek().kind == T::Ident {
                self.bump();
                is_out = true;
            } else {
                break;
            }
        }
        let name = self.ident("a type parameter");
        let constraint = if self.eat_keyword(names::EXTENDS) { Some(self.type_expr()) } else { None };
        let default = if self.eat(T::Eq) { Some(self.type_expr()) } else { None };
        TypeParam { name, is_const, is_in, is_out, constraint, default }
    }

    // Types.

    pub(super) fn type_expr(&mut self) -> TypeId {
        self.nested(Self::type_inner)
    }

    /// The result type of a function, which may be a predicate.
    pub(super) fn return_type_expr(&mut self) -> TypeId {
        let start = self.start();
        let subject = |t: &Token| t.kind == T::Ident || t.is_keyword(names::THIS);
        if self.at_word(names::ASSERTS) {
            let next = self.peek();
            if subject(&next) && !next.newline_before && !next.is_word(names::IS) {
                self.bump();
                let word = self.bump();
                let param = Ident { name: word.name, span: word.span };
                let ty = if self.eat_word(names::IS) { Some(self.type_expr()) } else { None };
                return self.type_node(start, TypeExpr::Predicate { param, asserts: true, ty });
            }
        }
        if subject(&self.tok) {
            let next = self.peek();
            if next.is_word(names::IS) && !next.newline_before {
                let word = self.bump();
                self.bump();
                let param = Ident { name: word.name, span: word.span };
                let ty = Some(self.type_expr());
                return self.type_node(start, TypeExpr::Predicate { param, asserts: false, ty });
            }
        }
        self.type_expr()
    }

    fn type_inner(&mut self) -> TypeId {
        let start = self.start();
        if let Some(ty) = self.function_type(start) {
            return ty;
        }
        let check = self.union_type();
        if self.ctx.no_conditional_type || !self.at_keyword(names::EXTENDS) || self.tok.newline_before {
            return check;
        }
        self.bump();
        let saved = std::mem::replace(&mut self.ctx.no_conditional_type, true);
        let extends = self.type_expr();
        self.ctx.no_conditional_type = saved;
        self.expect(T::Question);
        let yes = self.type_expr();
        self.expect(T::Colon);
        let no = self.type_expr();
        self.type_node(start, TypeExpr::Conditional { check, extends, yes, no })
    }

    fn function_type(&mut self, start: u32) -> Option<TypeId> {
        let is_abstract = self.at_word(names::ABSTRACT) && self.peek().is_keyword(names::NEW);
        if is_abstract || self.at_keyword(names::NEW) {
            if is_abstract {
                self.bump();
            }
            self.bump();
            let signature = Box::new(self.arrow_signature());
            return Some(self.type_node(start, TypeExpr::Constructor { is_abstract, signature }));
        }
        let is_function = match self.tok.kind {
            T::Lt => true,
            T::LParen => self.paren_starts_function_type(start),
            _ => false,
        };
        if !is_function {
            return None;
        }
        let signature = Box::new(self.arrow_signature());
        Some(self.type_node(start, TypeExpr::Function(signature)))
    }

    /// At `(` in a type: whether parameters follow rather than a type.
    fn paren_starts_function_type(&mut self, start: u32) -> bool {
        let first = self.peek();
        match first.kind {
            T::RParen | T::DotDotDot => true,
            T::Ident | T::Keyword => {
                let second = self.token_at(first.span.end);
                match second.kind {
                    T::Colon | T::Comma | T::Question | T::Eq => true,
                    T::RParen => self.token_at(second.span.end).kind == T::Arrow,
                    // A modifier, which is an error that the parameter reports.
                    T::Ident => {
                        !second.newline_before
                            && first.kind == T::Ident
                            && self.after_paren(start).is_some_and(|n| n.kind == T::Arrow)
                    }
                    _ => false,
                }
            }
            T::LBrace | T::LBracket => self.after_paren(start).is_some_and(|next| next.kind == T::Arrow),
            _ => false,
        }
    }

    /// `<T>(params) => R`
    fn arrow_signature(&mut self) -> Signature {
        let type_params = self.type_params();
        let (this_type, params) = self.params(false);
        self.expect(T::Arrow);
        let saved = std::mem::take(&mut self.ctx.no_conditional_type);
        let result = Some(self.return_type_expr());
        self.ctx.no_conditional_type = saved;
        Signature { type_params, this_type, params, result }
    }

    /// `<T>(params): R`
    fn signature(&mut self) -> Signature {
        let type_params = self.type_params();
        let (this_type, params) = self.params(false);
        let result = self.return_type();
        Signature { type_params, this_type, params, result }
    }

    fn union_type(&mut self) -> TypeId {
        self.type_chain(T::Pipe, Self::intersection_type, TypeExpr::Union)
    }

    fn intersection_type(&mut self) -> TypeId {
        self.type_chain(T::Amp, Self::type_operator_expr, TypeExpr::Intersection)
    }

    fn type_chain(
        &mut self,
        separator: T,
        part: fn(&mut Self) -> TypeId,
        node: fn(Box<[TypeId]>) -> TypeExpr,
    ) -> TypeId {
        let start = self.start();
        let leading = self.eat(separator);
        let first = self.type_chain_part(part);
        if !self.at(separator) && !leading {
            return first;
        }
        let mut parts = vec![first];
        while self.eat(separator) {
            parts.push(self.type_chain_part(part));
        }
        if parts.len() == 1 { first } else { self.type_node(start, node(parts.into())) }
    }

    /// A function type may stand in a union without parentheses only at its end.
    fn type_chain_part(&mut self, part: fn(&mut Self) -> TypeId) -> TypeId {
        let start = self.start();
        if matches!(self.tok.kind, T::LParen | T::Lt) || self.at_keyword(names::NEW) {
            if let Some(ty) = self.nested(|p| p.function_type(start)) {
                let span = self.ast.type_span(ty);
                self.error(diag::function_type_in_union(span).with_help("put it in parentheses"));
                return ty;
            }
        }
        part(self)
    }

    fn type_operator_expr(&mut self) -> TypeId {
        let start = self.start();
        if self.at(T::Ident) && !self.tok.escaped {
            let word = self.tok.name;
            if matches!(word, names::KEYOF | names::UNIQUE | names::READONLY | names::INFER)
                && self.type_operand_follows()
            {
                self.bump();
                return self.nested(|p| p.type_operator_rest(start, word));
            }
        }
        self.postfix_type()
    }

    fn type_operand_follows(&mut self) -> bool {
        let next = self.peek();
        !next.newline_before
            && (next.is_any_word() && !next.is_keyword(names::EXTENDS) && !next.is_keyword(names::IN)
                || matches!(
                    next.kind,
                    T::LParen | T::LBracket | T::LBrace | T::String | T::Template | T::TemplateHead
                ))
    }

    fn type_operator_rest(&mut self, start: u32, word: Name) -> TypeId {
        if word == names::INFER {
            return self.infer_type(start);
        }
        let operand = self.type_operator_expr();
        let node = match word {
            names::KEYOF => TypeExpr::Keyof(operand),
            names::UNIQUE => TypeExpr::Unique(operand),
            _ => TypeExpr::Readonly(operand),
        };
        self.type_node(start, node)
    }

    fn infer_type(&mut self, start: u32) -> TypeId {
        let name = self.ident("a type parameter");
        let mut constraint = None;
        if self.at_keyword(names::EXTENDS) {
            let in_extends = self.ctx.no_conditional_type;
            // `infer X extends C ?` belongs to a conditional type instead.
            constraint = self.attempt_once(1, |p| {
                p.bump();
                let saved = std::mem::replace(&mut p.ctx.no_conditional_type, true);
                let ty = p.type_expr();
                p.ctx.no_conditional_type = saved;
                (in_extends || !p.at(T::Question)).then_some(ty)
            });
        }
        self.type_node(start, TypeExpr::Infer { name, constraint })
    }

    fn postfix_type(&mut self) -> TypeId {
        let start = self.start();
        let mut ty = self.primary_type(start);
        while self.at(T::LBracket) && !self.tok.newline_before {
            self.grow();
            self.bump();
            ty = if self.eat(T::RBracket) {
                self.type_node(start, TypeExpr::Array(ty))
            } else {
                let index = self.bracketed(Self::type_expr);
                self.expect(T::RBracket);
                self.type_node(start, TypeExpr::Indexed { object: ty, index })
            };
        }
        ty
    }

    fn primary_type(&mut self, start: u32) -> TypeId {
        let kind = self.tok.kind;
        let node = match kind {
            T::Ident => return self.named_type(start),
            T::Keyword => return self.keyword_type(start),
            T::String => TypeExpr::Literal(TypeLiteral::String(self.string_literal())),
            T::Number | T::BigInt | T::Minus => return self.number_type(start),
            T::Template | T::TemplateHead => {
                let (chunks, types) = self.template_parts(false, Self::type_expr);
                TypeExpr::Template { chunks, types }
            }
            T::LParen => {
                self.bump();
                let inner = self.bracketed(Self::type_expr);
                self.expect(T::RParen);
                TypeExpr::Paren(inner)
            }
            T::LBracket => return self.tuple_type(start),
            T::LBrace if self.mapped_follows() => return self.mapped_type(start),
            T::LBrace => TypeExpr::Object(self.type_members()),
            _ => {
                self.expected("a type");
                return self.ast.alloc_type(TypeExpr::Missing, Span::empty(start));
            }
        };
        self.type_node(start, node)
    }

    fn number_type(&mut self, start: u32) -> TypeId {
        let negative = self.eat(T::Minus);
        let literal = match self.tok.kind {
            T::Number => TypeLiteral::Number { value: self.number_literal(), negative },
            T::BigInt => TypeLiteral::BigInt { digits: self.bigint_literal(), negative },
            _ => {
                self.expected("a number");
                return self.type_node(start, TypeExpr::Missing);
            }
        };
        self.type_node(start, TypeExpr::Literal(literal))
    }

    fn keyword_type(&mut self, start: u32) -> TypeId {
        let node = match self.tok.name {
            names::VOID => TypeExpr::Keyword(TypeKeyword::Void),
            names::NULL => TypeExpr::Keyword(TypeKeyword::Null),
            names::THIS => TypeExpr::Keyword(TypeKeyword::This),
            names::TRUE => TypeExpr::Literal(TypeLiteral::Bool(true)),
            names::FALSE => TypeExpr::Literal(TypeLiteral::Bool(false)),
            names::TYPEOF => return self.typeof_type(start),
            names::IMPORT => return self.import_type(start, false),
            _ => {
                self.expected("a type");
                return self.ast.alloc_type(TypeExpr::Missing, Span::empty(start));
            }
        };
        self.bump();
        self.type_node(start, node)
    }

    fn named_type(&mut self, start: u32) -> TypeId {
        let keyword = match self.tok.name {
            names::ANY => Some(TypeKeyword::Any),
            names::UNKNOWN => Some(TypeKeyword::Unknown),
            names::NEVER => Some(TypeKeyword::Never),
            names::STRING => Some(TypeKeyword::String),
            names::NUMBER => Some(TypeKeyword::Number),
            names::BOOLEAN => Some(TypeKeyword::Boolean),
            names::SYMBOL => Some(TypeKeyword::Symbol),
            names::BIGINT => Some(TypeKeyword::BigInt),
            names::OBJECT => Some(TypeKeyword::Object),
            names::UNDEFINED => Some(TypeKeyword::Undefined),
            _ => None,
        };
        if let Some(keyword) = keyword {
            let next = self.peek();
            let is_ref = next.kind == T::Dot;
            if !is_ref {
                self.bump();
                return self.type_node(start, TypeExpr::Keyword(keyword));
            }
        }
        let path = self.entity_path();
        let args = self.type_args_on_line();
        self.type_node(start, TypeExpr::Ref { path, args })
    }

    fn type_args_on_line(&mut self) -> Box<[TypeId]> {
        if matches!(self.tok.kind, T::Lt | T::Shl) && !self.tok.newline_before {
            self.type_args()
        } else {
            Box::default()
        }
    }

    /// `A.B.C`
    pub(super) fn entity_path(&mut self) -> Box<[Ident]> {
        let mut path = vec![self.ident_name("a name")];
        while self.eat(T::Dot) {
            let ident = if self.at(T::PrivateName) {
                let token = self.bump();
                Ident { name: token.name, span: token.span }
            } else {
                self.ident_name("a name")
            };
            path.push(ident);
        }
        path.into()
    }

    fn typeof_type(&mut self, start: u32) -> TypeId {
        self.bump();
        if self.at_keyword(names::IMPORT) {
            return self.import_type(start, true);
        }
        let path = self.entity_path();
        let args = self.type_args_on_line();
        self.type_node(start, TypeExpr::Typeof { path, args })
    }

    fn import_type(&mut self, start: u32, is_typeof: bool) -> TypeId {
        self.bump();
        self.expect(T::LParen);
        let source = if self.at(T::String) {
            self.string_literal()
        } else {
            self.expected("a module name");
            StrValue::Text(names::EMPTY)
        };
        let mut options = None;
        if self.eat(T::Comma) && self.at(T::LBrace) {
            let at = self.start();
            options = Some(self.object(at));
            self.eat(T::Comma);
        }
        self.expect(T::RParen);
        let path = if self.eat(T::Dot) { self.entity_path() } else { Box::default() };
        let args = self.type_args_on_line();
        self.type_node(start, TypeExpr::Import { source, options, path, args, is_typeof })
    }

    fn tuple_type(&mut self, start: u32) -> TypeId {
        self.bump();
        let elems = self.bracketed(|p| {
            let mut elems = Vec::new();
            while !matches!(p.tok.kind, T::RBracket | T::Eof) {
                let elem = p.tuple_elem();
                elems.push(elem);
                if !p.eat(T::Comma) {
                    break;
                }
            }
            elems
        });
        let comma = self.slice(Span::new(self.prev_end.saturating_sub(1), self.prev_end)) == ",";
        self.expect(T::RBracket);
        match elems[..] {
            [TupleElem { label: None, ty, is_optional: false, is_rest: false }]
                if self.dialect.is_ultra() && !comma =>
            {
                self.type_node(start, TypeExpr::Array(ty))
            }
            _ => self.type_node(start, TypeExpr::Tuple(elems.into())),
        }
    }

    fn tuple_elem(&mut self) -> TupleElem {
        let is_rest = self.eat(T::DotDotDot);
        let (mut label, mut is_optional) = (None, false);
        if self.tok.is_any_word() {
            let next = self.peek();
            let labelled = next.kind == T::Colon
                || (next.kind == T::Question && self.token_at(next.span.end).kind == T::Colon);
            if labelled {
                label = Some(self.ident_name("a label"));
                is_optional = self.eat(T::Question);
                self.bump();
            }
        }
        let ty = self.type_expr();
        is_optional |= self.eat(T::Question);
        TupleElem { label, ty, is_optional, is_rest }
    }

    // Object types.

    fn mapped_follows(&mut self) -> bool {
        let mut token = self.peek();
        if matches!(token.kind, T::Plus | T::Minus) {
            return self.token_at(token.span.end).is_word(names::READONLY);
        }
        if token.is_word(names::READONLY) {
            token = self.token_at(token.span.end);
        }
        if token.kind != T::LBracket {
            return false;
        }
        let name = self.token_at(token.span.end);
        name.kind == T::Ident && self.token_at(name.span.end).is_keyword(names::IN)
    }

    fn mapped_modifier(&mut self, word: impl Fn(&mut Self) -> bool) -> MappedModifier {
        let sign = self.tok.kind;
        if matches!(sign, T::Plus | T::Minus) {
            self.bump();
        }
        match (word(self), sign) {
            (true, T::Minus) => MappedModifier::Remove,
            (true, _) => MappedModifier::Add,
            (false, _) => MappedModifier::None,
        }
    }

    fn mapped_type(&mut self, start: u32) -> TypeId {
        self.bump();
        let mapped = self.bracketed(|p| {
            let readonly = p.mapped_modifier(|p| p.eat_word(names::READONLY));
            p.expect(T::LBracket);
            let param = p.ident("a type parameter");
            p.expect_keyword(names::IN);
            let constraint = p.type_expr();
            let rename = if p.eat_word(names::AS) { Some(p.type_expr()) } else { None };
            p.expect(T::RBracket);
            let optional = p.mapped_modifier(|p| p.eat(T::Question));
            let ty = p.type_annotation();
            p.eat(T::Semi);
            p.eat(T::Comma);
            MappedType { param, constraint, rename, readonly, optional, ty }
        });
        self.expect(T::RBrace);
        self.type_node(start, TypeExpr::Mapped(Box::new(mapped)))
    }

    fn type_members(&mut self) -> Box<[TypeMember]> {
        self.expect(T::LBrace);
        let members = self.bracketed(|p| {
            let mut members = Vec::new();
            while !matches!(p.tok.kind, T::RBrace | T::Eof) {
                let before = p.start();
                let member = p.nested(Self::type_member);
                members.push(member);
                if !p.eat(T::Comma) && !p.eat(T::Semi) && !p.at(T::RBrace) && !p.tok.newline_before {
                    p.expected("`;`");
                    if p.start() == before {
                        p.bump();
                    }
                }
                if p.start() == before {
                    break;
                }
            }
            members
        });
        self.expect(T::RBrace);
        members.into()
    }

    fn type_member(&mut self) -> TypeMember {
        let start = self.start();
        let kind = self.type_member_kind();
        TypeMember { span: self.since(start), kind }
    }

    fn type_key_follows(&mut self) -> bool {
        let next = self.peek();
        !next.newline_before
            && (next.is_any_word() || matches!(next.kind, T::String | T::Number | T::BigInt | T::LBracket))
    }

    fn type_member_kind(&mut self) -> TypeMemberKind {
        if matches!(self.tok.kind, T::LParen | T::Lt) {
            return TypeMemberKind::Call(self.signature());
        }
        if self.at_keyword(names::NEW) && matches!(self.peek().kind, T::LParen | T::Lt) {
            self.bump();
            return TypeMemberKind::Construct(self.signature());
        }
        let mut is_readonly = false;
        if self.at_word(names::READONLY) && self.type_key_follows() {
            self.bump();
            is_readonly = true;
        }
        if self.at(T::LBracket) {
            if let Some(signature) = self.attempt_once(0, |p| p.index_signature()) {
                return TypeMemberKind::Index { signature, is_readonly };
            }
        }
        if (self.at_word(names::GET) || self.at_word(names::SET)) && self.type_key_follows() {
            let is_get = self.bump().name == names::GET;
            let key = self.prop_key();
            let signature = self.signature();
            return if is_get {
                TypeMemberKind::Getter { key, result: signature.result }
            } else {
                TypeMemberKind::Setter { key, signature }
            };
        }
        let key = self.prop_key();
        let is_optional = self.eat(T::Question);
        if matches!(self.tok.kind, T::LParen | T::Lt) {
            let signature = self.signature();
            return TypeMemberKind::Method { key, signature, is_optional };
        }
        let ty = self.type_annotation();
        TypeMemberKind::Property { key, ty, is_optional, is_readonly }
    }

    /// `[key: string]: T`; `None` when the bracket encloses a computed key. In a class it also
    /// consumes the end of the member.
    pub(super) fn index_signature(&mut self) -> Option<Signature> {
        let name = self.peek();
        if name.kind != T::Ident || self.token_at(name.span.end).kind != T::Colon {
            return None;
        }
        self.bump();
        let start = self.start();
        let pat = self.binding_pat();
        let ty = self.type_annotation();
        let param = Param {
            span: self.since(start),
            pat,
            is_rest: false,
            is_optional: false,
            ty,
            default: None,
            decorators: Box::default(),
            modifiers: Modifiers::default(),
        };
        self.expect(T::RBracket);
        let result = self.type_annotation();
        Some(Signature { type_params: Box::default(), this_type: None, params: Box::new([param]), result })
    }

    // Declarations.

    /// Declarations that start with a word; `next` is the token after it.
    pub(super) fn type_decl(&mut self, start: u32, next: &Token) -> Option<StmtId> {
        if next.newline_before {
            return None;
        }
        let named = next.kind == T::Ident;
        match self.tok.name {
            names::TYPE if named => Some(self.type_alias(start, false)),
            names::INTERFACE if named => Some(self.interface(start, false)),
            names::NAMESPACE if named => Some(self.namespace(start, false)),
            names::MODULE if named || next.kind == T::String => Some(self.namespace(start, false)),
            names::ABSTRACT if next.is_keyword(names::CLASS) => {
                self.bump();
                Some(self.class_decl(start, Vec::new(), true, false))
            }
            names::DECLARE if self.declare_follows(next) => {
                self.bump();
                Some(self.declare(start))
            }
            names::GLOBAL if next.kind == T::LBrace => Some(self.namespace(start, true)),
            _ => None,
        }
    }

    fn declare_follows(&self, next: &Token) -> bool {
        match next.kind {
            T::Keyword => {
                matches!(next.name, names::VAR | names::CONST | names::FUNCTION | names::CLASS | names::ENUM)
            }
            T::Ident => matches!(
                next.name,
                names::LET
                    | names::TYPE
                    | names::INTERFACE
                    | names::NAMESPACE
                    | names::MODULE
                    | names::GLOBAL
                    | names::ABSTRACT
                    | names::ASYNC
                    | names::USING
            ),
            _ => false,
        }
    }

    /// After `declare`.
    fn declare(&mut self, start: u32) -> StmtId {
        let word = self.tok.name;
        match word {
            names::VAR => self.var_stmt(start, VarKind::Var, true),
            names::LET => self.var_stmt(start, VarKind::Let, true),
            names::CONST if self.peek().is_keyword(names::ENUM) => {
                self.bump();
                self.enum_decl(start, true, true)
            }
            names::CONST => self.var_stmt(start, VarKind::Const, true),
            names::FUNCTION => self.function_decl(start, false, true),
            names::ASYNC => {
                self.bump();
                self.function_decl(start, true, true)
            }
            names::CLASS => self.class_decl(start, Vec::new(), false, true),
            names::ABSTRACT => {
                self.bump();
                if !self.at_keyword(names::CLASS) {
                    self.expected("`class`");
                    return self.stmt_node(start, Stmt::Missing);
                }
                self.class_decl(start, Vec::new(), true, true)
            }
            names::ENUM => self.enum_decl(start, false, true),
            names::TYPE => self.type_alias(start, true),
            names::INTERFACE => self.interface(start, true),
            _ => self.namespace(start, true),
        }
    }

    fn type_alias(&mut self, start: u32, is_declare: bool) -> StmtId {
        self.bump();
        let name = self.ident("the name of the type");
        let type_params = self.type_params();
        self.expect(T::Eq);
        let at = self.start();
        let ty = if self.at_word(names::INTRINSIC) && self.peek().kind != T::Dot {
            self.bump();
            self.type_node(at, TypeExpr::Keyword(TypeKeyword::Intrinsic))
        } else {
            self.type_expr()
        };
        self.semicolon();
        self.stmt_node(start, Stmt::TypeAlias(Box::new(TypeAlias { name, is_declare, type_params, ty })))
    }

    pub(super) fn interface(&mut self, start: u32, is_declare: bool) -> StmtId {
        self.bump();
        let name = self.ident("the name of the interface");
        let type_params = self.type_params();
        let extends = if self.eat_keyword(names::EXTENDS) { self.type_list() } else { Vec::new() };
        let members = self.type_members();
        let interface = Interface { name, is_declare, type_params, extends: extends.into(), members };
        self.stmt_node(start, Stmt::Interface(Box::new(interface)))
    }

    /// At `enum`.
    pub(super) fn enum_decl(&mut self, start: u32, is_const: bool, is_declare: bool) -> StmtId {
        self.bump();
        let name = self.ident("the name of the enum");
        self.expect(T::LBrace);
        let members = self.bracketed(|p| {
            let mut members = Vec::new();
            while !matches!(p.tok.kind, T::RBrace | T::Eof) {
                let start = p.start();
                let key = p.prop_key();
                let value = if p.eat(T::Eq) { Some(p.assign()) } else { None };
                members.push(EnumMember { span: p.since(start), key, value });
                if !p.eat(T::Comma) {
                    break;
                }
            }
            members
        });
        self.expect(T::RBrace);
        let decl = EnumDecl { name, is_const, is_declare, members: members.into() };
        self.stmt_node(start, Stmt::Enum(Box::new(decl)))
    }

    fn namespace(&mut self, start: u32, is_declare: bool) -> StmtId {
        let word = self.bump();
        let name = if word.name == names::GLOBAL {
            NamespaceName::Global(word.span)
        } else if self.at(T::String) {
            let span = self.tok.span;
            NamespaceName::Module(self.string_literal(), span)
        } else {
            NamespaceName::Path(self.entity_path())
        };
        let body = if self.at(T::LBrace) {
            Some(self.namespace_body(is_declare))
        } else {
            if !is_declare {
                self.expected("`{`");
            }
            self.semicolon();
            None
        };
        self.stmt_node(start, Stmt::Namespace(Box::new(Namespace { name, is_declare, body })))
    }

    fn namespace_body(&mut self, is_declare: bool) -> Box<[StmtId]> {
        self.bump();
        let saved = self.ctx;
        self.ctx.ambient |= is_declare;
        self.ctx.in_namespace = true;
        self.scope.push_function();
        let mut body = Vec::new();
        while !matches!(self.tok.kind, T::RBrace | T::Eof) {
            self.statement_into(&mut body);
        }
        self.pop_scope(true);
        self.ctx = saved;
        self.expect(T::RBrace);
        body.into()
    }
}
