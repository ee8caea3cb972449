//! JSX: elements, fragments, attributes, children.
//!
//! Names with hyphens, strings with entities and the text between tags are no tokens of the
//! language, so they are read from the text where one is due: the lexer is moved, and the current
//! token is read again behind it. The `>` that ends an opening tag is never followed by a token;
//! text follows.

use super::*;

impl Parser<'_> {
    /// At `<`.
    pub(super) fn jsx_expr(&mut self, start: u32) -> ExprId {
        let element = self.nested(|p| p.bracketed(|p| p.jsx_element(start)));
        self.jsx_move(self.jsx_end);
        // What follows is no operator that a reader would see: `<a/> < b` is mostly a second element.
        if self.at(T::Lt) && self.jsx_follows() {
            self.error(diag::several_jsx(self.tok.span).with_help("put them into a fragment `<>...</>`"));
        }
        element
    }

    fn jsx_follows(&mut self) -> bool {
        let next = self.peek();
        next.is_any_word() && next.span.start == self.tok.span.end || next.kind == T::Gt
    }

    /// Puts the lexer at an offset and reads the token there.
    fn jsx_move(&mut self, to: u32) {
        if self.gave_up {
            return;
        }
        self.prev_end = to;
        self.ahead = None;
        self.lex.pos = to as usize;
        self.tok = self.lex.next_token();
    }

    /// At `<`, consumes an element up to its last `>`; `jsx_end` is the offset after that, and the
    /// current token is stale until the caller moves on.
    fn jsx_element(&mut self, start: u32) -> ExprId {
        self.bump();
        let mut element = JsxElement {
            tag: JsxTag::Fragment,
            type_args: Box::default(),
            attrs: Box::default(),
            children: Box::default(),
            self_closing: false,
        };
        let name_from = self.start();
        if !self.at(T::Gt) {
            element.tag = self.jsx_tag();
            if self.dialect.has_types() && self.at(T::Lt) {
                element.type_args = self.type_args();
            }
            element.attrs = self.jsx_attrs();
        }
        let name = self.jsx_tag_text(name_from, element.tag);
        if self.at(T::Slash) {
            self.bump();
            element.self_closing = true;
            self.jsx_close_angle();
        } else if self.jsx_close_angle() {
            element.children = self.jsx_children(start, &name);
        }
        let span = Span::new(start, self.jsx_end.max(start));
        self.ast.alloc_expr(Expr::Jsx(Box::new(element)), span)
    }

    /// At the `>` of a tag: notes where it ends without reading on.
    fn jsx_close_angle(&mut self) -> bool {
        if matches!(self.tok.kind, T::Shr | T::UShr | T::Ge | T::ShrEq | T::UShrEq | T::Gt) && !self.gave_up {
            self.jsx_end = self.start() + 1;
            return true;
        }
        self.expected("`>`");
        self.jsx_end = self.start();
        false
    }

    /// The text of a tag's name, to compare with the closing tag.
    fn jsx_tag_text(&self, from: u32, tag: JsxTag) -> String {
        let end = match tag {
            JsxTag::Fragment => return String::new(),
            JsxTag::Intrinsic(i) | JsxTag::Namespaced(_, i) => i.span.end,
            JsxTag::Expr(e) => self.ast.expr_span(e).end,
        };
        self.slice(Span::new(from, end.max(from))).split_whitespace().collect()
    }

    /// A name that may contain hyphens.
    fn jsx_name(&mut self) -> Ident {
        let start = self.tok.span.start;
        if !self.tok.is_any_word() || self.gave_up {
            self.expected("a name");
            return Ident { name: names::EMPTY, span: Span::empty(self.start()) };
        }
        let bytes = self.lex.text.as_bytes();
        let mut end = self.tok.span.end as usize;
        let mut token = self.tok;
        while bytes.get(end) == Some(&b'-') {
            end += 1;
            let part = self.token_at(end as u32);
            if part.is_any_word() && part.span.start as usize == end {
                end = part.span.end as usize;
            } else if part.kind == T::Number && part.span.start as usize == end {
                end += bytes[end..].iter().take_while(|b| b.is_ascii_alphanumeric()).count();
            }
        }
        let span = Span::new(start, end as u32);
        if end as u32 != token.span.end {
            token.name = self.lex.interner.intern(self.lex.text.get(start as usize..end).unwrap_or(""));
            self.jsx_move(end as u32);
        } else {
            self.bump();
        }
        Ident { name: token.name, span }
    }

    fn jsx_tag(&mut self) -> JsxTag {
        let (start, token) = (self.start(), self.tok);
        let first = self.jsx_name();
        if self.eat(T::Colon) {
            return JsxTag::Namespaced(first, self.jsx_name());
        }
        let text = self.slice(first.span);
        let plain = first.span == token.span;
        if self.at(T::Dot)
            || (plain && !text.starts_with(|c: char| c.is_lowercase()))
            || token.is_keyword(names::THIS)
        {
            let node = if token.is_keyword(names::THIS) { Expr::This } else { Expr::Name(first.name) };
            let mut object = self.expr_node(start, node);
            while self.eat(T::Dot) {
                self.grow();
                let name = self.ident_name("a name");
                object = self.expr_node(start, Expr::Member { object, name, optional: false });
            }
            return JsxTag::Expr(object);
        }
        JsxTag::Intrinsic(first)
    }

    fn jsx_attrs(&mut self) -> Box<[JsxAttr]> {
        let mut attrs = Vec::new();
        loop {
            if self.at(T::LBrace) {
                self.bump();
                self.expect(T::DotDotDot);
                let value = self.bracketed(Self::assign);
                self.expect(T::RBrace);
                attrs.push(JsxAttr::Spread(value));
            } else if self.tok.is_any_word() {
                let attr = self.jsx_attr();
                attrs.push(attr);
            } else {
                return attrs.into();
            }
        }
    }

    fn jsx_attr(&mut self) -> JsxAttr {
        let (mut namespace, mut name) = (None, self.jsx_name());
        if self.eat(T::Colon) {
            namespace = Some(name);
            name = self.jsx_name();
        }
        let mut value = None;
        if self.at(T::Eq) {
            value = self.jsx_attr_value();
        }
        JsxAttr::Named { namespace, name, value }
    }

    /// At `=`. A string is read from the text, since it has entities instead of escapes.
    fn jsx_attr_value(&mut self) -> Option<JsxValue> {
        let bytes = self.lex.text.as_bytes();
        let equals = self.tok.span.end as usize;
        let blank = bytes[equals..].iter().take_while(|b| b.is_ascii_whitespace()).count();
        let at = equals + blank;
        if let Some(&quote @ (b'"' | b'\'')) = bytes.get(at) {
            let length = bytes[at + 1..].iter().position(|b| *b == quote);
            let end = length.map_or(bytes.len(), |n| at + 1 + n);
            let span = Span::new(at as u32, (end + 1).min(bytes.len()) as u32);
            if length.is_none() {
                self.error(diag::unterminated_string(Span::new(at as u32, at as u32 + 1)));
            }
            let text = super::super::jsx::decode_entities(self.lex.text.get(at + 1..end).unwrap_or(""));
            let value = StrValue::Text(self.lex.interner.intern(&text));
            self.jsx_move(span.end);
            return Some(JsxValue::String(value, span));
        }
        self.bump();
        match self.tok.kind {
            T::LBrace => {
                let open = self.bump();
                if self.at(T::RBrace) {
                    self.error(diag::expected(
                        open.span.to(self.tok.span),
                        "an expression in the braces",
                        "none",
                    ));
                    self.bump();
                    return None;
                }
                let value = self.bracketed(Self::expression);
                self.expect(T::RBrace);
                Some(JsxValue::Expr(value))
            }
            T::Lt => {
                let start = self.start();
                let value = self.nested(|p| p.jsx_element(start));
                self.jsx_move(self.jsx_end);
                Some(JsxValue::Element(value))
            }
            _ => {
                self.expected("a string or `{`");
                None
            }
        }
    }

    /// The children of an element up to its closing tag, from `jsx_end` on.
    fn jsx_children(&mut self, open: u32, name: &str) -> Box<[JsxChild]> {
        let mut children = Vec::new();
        loop {
            let from = self.jsx_end;
            let text = self.lex.text.get(from as usize..).unwrap_or("");
            let length = text.find(['<', '{', '>', '}']).unwrap_or(text.len());
            let end = from + length as u32;
            if length > 0 {
                let raw = self.lex.interner.intern(&text[..length]);
                children.push(JsxChild::Text(raw, Span::new(from, end)));
            }
            self.jsx_move(end);
            match text.as_bytes().get(length) {
                Some(b'<') if !self.gave_up => {
                    let start = self.start();
                    if self.peek().kind == T::Slash {
                        self.jsx_closing(open, name);
                        return children.into();
                    }
                    let child = self.nested(|p| p.jsx_element(start));
                    children.push(JsxChild::Element(child));
                }
                Some(b'{') if !self.gave_up => {
                    let child = self.jsx_container();
                    children.push(child);
                }
                Some(b'>' | b'}') if !self.gave_up => {
                    let found = &text[length..length + 1];
                    self.error(diag::bad_jsx_text(Span::new(end, end + 1), found));
                    self.jsx_end = end + 1;
                }
                _ => {
                    let shown = if name.is_empty() { ">".to_owned() } else { format!("{name}>") };
                    self.error(diag::unclosed_jsx(Span::new(open, open + 1 + shown.len() as u32), &shown));
                    self.jsx_end = self.lex.text.len() as u32;
                    return children.into();
                }
            }
        }
    }

    /// At `{` between tags.
    fn jsx_container(&mut self) -> JsxChild {
        let start = self.start();
        self.bump();
        let child = if self.at(T::RBrace) {
            JsxChild::Expr(None, Span::new(start, self.tok.span.end))
        } else if self.eat(T::DotDotDot) {
            JsxChild::Spread(self.bracketed(Self::assign))
        } else {
            let value = self.bracketed(Self::expression);
            JsxChild::Expr(Some(value), Span::new(start, self.tok.span.end))
        };
        if self.at(T::RBrace) {
            self.jsx_end = self.tok.span.end;
        } else {
            self.expected("`}`");
            self.jsx_end = self.start().max(start + 1);
        }
        child
    }

    /// At `</`.
    fn jsx_closing(&mut self, open: u32, name: &str) {
        self.bump();
        self.bump();
        let from = self.start();
        let closing = if self.at(T::Gt) {
            String::new()
        } else {
            let tag = self.jsx_tag();
            self.jsx_tag_text(from, tag)
        };
        let end = self.prev_end.max(from);
        self.jsx_close_angle();
        if closing != name && !self.gave_up {
            let at = Span::new(open, open + 1 + name.len() as u32);
            let error =
                diag::jsx_mismatch(Span::new(from, end), &closing, name).with_label(at, "opened here");
            self.error(error);
        }
    }
}
