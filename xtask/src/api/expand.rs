//! `macro_rules!`, as far as our own go: rules tried in order, fragments, repetitions.

use std::collections::HashMap;

use proc_macro2::{Delimiter, Group, TokenStream, TokenTree};
use quote::ToTokens;
use syn::parse::{Parse, ParseStream, Parser};

/// A part of a pattern or of what is made of it.
#[derive(Clone)]
enum Node {
    Token(TokenTree),
    Group(Delimiter, Vec<Node>),
    /// `$name`, in a pattern with its fragment.
    Variable(String, String),
    /// `$(…) separator operator`.
    Repeat(Vec<Node>, Option<TokenTree>, char),
}

/// What a variable stands for.
#[derive(Clone)]
enum Bound {
    One(TokenStream),
    Many(Vec<Bound>),
}

type Bindings = HashMap<String, Bound>;

/// What an invocation becomes.
pub(super) fn expand(definition: TokenStream, invocation: TokenStream) -> Result<TokenStream, String> {
    let input: Vec<TokenTree> = invocation.into_iter().collect();
    let mut rules = definition.into_iter();
    while let Some(pattern) = rules.next() {
        let is_group = |token: Option<TokenTree>| match token {
            Some(TokenTree::Group(group)) => Ok(group),
            _ => Err("a rule of it is not understood".to_owned()),
        };
        if matches!(&pattern, TokenTree::Punct(sign) if sign.as_char() == ';') {
            continue;
        }
        let pattern = parse(is_group(Some(pattern))?.stream(), true)?;
        // `=>`
        let body = parse(is_group(rules.nth(2))?.stream(), false)?;
        let mut bound = Bindings::new();
        if matches(&pattern, &input, 0, &mut bound) == Some(input.len()) {
            return transcribe(&body, &bound);
        }
    }
    Err("no rule of it fits".to_owned())
}

fn parse(tokens: TokenStream, in_pattern: bool) -> Result<Vec<Node>, String> {
    let mut nodes = Vec::new();
    let mut tokens = tokens.into_iter().peekable();
    while let Some(token) = tokens.next() {
        nodes.push(match token {
            TokenTree::Punct(sign) if sign.as_char() == '$' => match tokens.next() {
                Some(TokenTree::Ident(name)) if name == "crate" => Node::Token(TokenTree::Ident(name)),
                Some(TokenTree::Ident(name)) => {
                    let mut fragment = String::new();
                    if in_pattern {
                        tokens.next();
                        fragment = tokens.next().map(|token| token.to_string()).unwrap_or_default();
                    }
                    Node::Variable(name.to_string(), fragment)
                }
                Some(TokenTree::Group(group)) => {
                    let inner = parse(group.stream(), in_pattern)?;
                    let operator = |token: &TokenTree| match token {
                        TokenTree::Punct(sign) if matches!(sign.as_char(), '*' | '+' | '?') => {
                            Some(sign.as_char())
                        }
                        _ => None,
                    };
                    let first = tokens.next().ok_or("a repetition without an operator")?;
                    match operator(&first) {
                        Some(operator) => Node::Repeat(inner, None, operator),
                        None => {
                            let found = tokens.next().as_ref().and_then(operator);
                            Node::Repeat(inner, Some(first), found.ok_or("a repetition without an operator")?)
                        }
                    }
                }
                _ => return Err("a `$` that is not understood".to_owned()),
            },
            TokenTree::Group(group) => Node::Group(group.delimiter(), parse(group.stream(), in_pattern)?),
            other => Node::Token(other),
        });
    }
    Ok(nodes)
}

/// Where the input goes on behind what fits.
fn matches(nodes: &[Node], input: &[TokenTree], mut at: usize, bound: &mut Bindings) -> Option<usize> {
    for node in nodes {
        at = match node {
            Node::Token(token) => same(token, input.get(at)?).then_some(at + 1)?,
            Node::Group(delimiter, inner) => {
                let TokenTree::Group(group) = input.get(at)? else { return None };
                let tokens: Vec<TokenTree> = group.stream().into_iter().collect();
                let fits = group.delimiter() == *delimiter
                    && matches(inner, &tokens, 0, bound) == Some(tokens.len());
                fits.then_some(at + 1)?
            }
            Node::Variable(name, kind) => {
                let len = fragment(kind, &input[at..])?;
                let tokens: TokenStream = input[at..at + len].iter().cloned().collect();
                bound.insert(name.clone(), Bound::One(tokens));
                at + len
            }
            Node::Repeat(inner, separator, operator) => {
                repeat(inner, separator.as_ref(), *operator, input, at, bound)?
            }
        };
    }
    Some(at)
}

fn repeat(
    inner: &[Node],
    separator: Option<&TokenTree>,
    operator: char,
    input: &[TokenTree],
    mut at: usize,
    bound: &mut Bindings,
) -> Option<usize> {
    let mut names = Vec::new();
    variables(inner, &mut names);
    let mut rounds: Vec<Bindings> = Vec::new();
    while operator != '?' || rounds.is_empty() {
        let start = match separator.filter(|_| !rounds.is_empty()) {
            Some(separator) if input.get(at).is_some_and(|token| same(separator, token)) => at + 1,
            Some(_) => break,
            None => at,
        };
        let mut round = Bindings::new();
        match matches(inner, input, start, &mut round) {
            Some(end) if end > at => at = end,
            _ => break,
        }
        rounds.push(round);
    }
    if operator == '+' && rounds.is_empty() {
        return None;
    }
    for name in names {
        let many = rounds.iter().filter_map(|round| round.get(&name).cloned()).collect();
        bound.insert(name, Bound::Many(many));
    }
    Some(at)
}

fn variables(nodes: &[Node], names: &mut Vec<String>) {
    for node in nodes {
        match node {
            Node::Variable(name, _) => names.push(name.clone()),
            Node::Group(_, inner) | Node::Repeat(inner, ..) => variables(inner, names),
            Node::Token(_) => {}
        }
    }
}

fn same(one: &TokenTree, other: &TokenTree) -> bool {
    one.to_string() == other.to_string()
}

/// How many tokens a fragment takes.
fn fragment(kind: &str, input: &[TokenTree]) -> Option<usize> {
    let first = input.first();
    match kind {
        "ident" => matches!(first?, TokenTree::Ident(_)).then_some(1),
        "tt" => first.map(|_| 1),
        "literal" => match first? {
            TokenTree::Literal(_) => Some(1),
            TokenTree::Punct(sign) if sign.as_char() == '-' => Some(2),
            TokenTree::Ident(word) => (word == "true" || word == "false").then_some(1),
            TokenTree::Group(_) | TokenTree::Punct(_) => None,
        },
        "lifetime" => matches!(first?, TokenTree::Punct(sign) if sign.as_char() == '\'').then_some(2),
        // It stands alone in the brackets of an attribute.
        "meta" => Some(input.len()),
        "ty" => parsed::<syn::Type>(input),
        "path" => parsed::<syn::Path>(input),
        "expr" => parsed::<syn::Expr>(input),
        "vis" => parsed::<syn::Visibility>(input),
        "item" => parsed::<syn::Item>(input),
        "block" => parsed::<syn::Block>(input),
        _ => None,
    }
}

fn parsed<T: Parse>(input: &[TokenTree]) -> Option<usize> {
    let tokens: TokenStream = input.iter().cloned().collect();
    let rest = |stream: ParseStream<'_>| {
        stream.parse::<T>()?;
        stream.parse::<TokenStream>()
    };
    let rest = rest.parse2(tokens).ok()?;
    input.len().checked_sub(rest.into_iter().count())
}

fn transcribe(nodes: &[Node], bound: &Bindings) -> Result<TokenStream, String> {
    let mut out = TokenStream::new();
    for node in nodes {
        match node {
            Node::Token(token) => out.extend([token.clone()]),
            Node::Group(delimiter, inner) => {
                Group::new(*delimiter, transcribe(inner, bound)?).to_tokens(&mut out);
            }
            Node::Variable(name, _) => match bound.get(name) {
                Some(Bound::One(tokens)) => out.extend(tokens.clone()),
                Some(Bound::Many(_)) => return Err(format!("${name} is repeated")),
                None => return Err(format!("${name} is not bound")),
            },
            Node::Repeat(inner, separator, _) => {
                let mut names = Vec::new();
                variables(inner, &mut names);
                let many = |name: &String| match bound.get(name) {
                    Some(Bound::Many(many)) => Some((name.clone(), many.clone())),
                    _ => None,
                };
                let repeated: Vec<(String, Vec<Bound>)> = names.iter().filter_map(many).collect();
                let rounds = repeated.iter().map(|(_, many)| many.len()).max().unwrap_or(0);
                for round in 0..rounds {
                    if round > 0 {
                        out.extend(separator.clone());
                    }
                    let mut inside = bound.clone();
                    for (name, many) in &repeated {
                        inside.extend(many.get(round).map(|one| (name.clone(), one.clone())));
                    }
                    out.extend(transcribe(inner, &inside)?);
                }
            }
        }
    }
    Ok(out)
}
