//! The files under `src/`, and what each of them imports.

use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::Path;

use proc_macro2::{Ident, Span, TokenStream, TokenTree};
use syn::spanned::Spanned;
use syn::visit::{self, Visit};
use syn::{ImplItemFn, ItemFn, ItemMacro, ItemMod, ItemUse, Macro, UseTree, Visibility};

/// All files, and where a path through them leads.
pub(crate) struct Sources {
    files: Vec<Source>,
    /// Which file each module stands in, by its path from the root of the crate.
    modules: BTreeMap<Vec<String>, usize>,
    /// Macros that `#[macro_export]` puts at the root of the crate, and their files.
    macros: BTreeMap<String, usize>,
}

/// One file under `src/`.
pub(crate) struct Source {
    /// Its path below `src/`, with forward slashes: `votes/store.rs`.
    pub(crate) path: String,
    pub(crate) lines: usize,
    pub(crate) imports: Vec<Import>,
    pub(crate) functions: Vec<Function>,
    /// What it hands on under a name of its own, as a path from the root of the crate.
    exports: BTreeMap<String, Vec<String>>,
    macros: Vec<String>,
}

/// A path that is named, from the root of the crate: `["db", "Db"]`.
#[derive(Debug)]
pub(crate) struct Import {
    pub(crate) line: usize,
    pub(crate) path: Vec<String>,
}

pub(crate) struct Function {
    pub(crate) name: String,
    pub(crate) lines: usize,
}

impl Sources {
    pub(crate) fn read(folder: &Path) -> Result<Self, Box<dyn Error>> {
        let mut files = Vec::new();
        read(folder, "", &mut files)?;
        Ok(Self::new(files))
    }

    pub(crate) fn new(files: Vec<Source>) -> Self {
        let modules = files.iter().enumerate().map(|(at, source)| (module_of(&source.path), at)).collect();
        let macros = files
            .iter()
            .enumerate()
            .flat_map(|(at, source)| source.macros.iter().map(move |name| (name.clone(), at)))
            .collect();
        Self { files, modules, macros }
    }

    pub(crate) fn files(&self) -> &[Source] {
        &self.files
    }

    /// The room that an import is from.
    pub(crate) fn room_of(&self, import: &Import) -> String {
        match import.path.as_slice() {
            [name] if let Some(at) = self.macros.get(name) => self.files[*at].room().to_owned(),
            [room, ..] => room.clone(),
            [] => "*".to_owned(),
        }
    }

    /// The other files from which one takes what it names, through whatever hands it on.
    pub(crate) fn imported_files(&self, source: &Source) -> BTreeSet<&str> {
        let files = source.imports.iter().filter_map(|import| self.file_of(&import.path, 0));
        files.map(|at| self.files[at].path.as_str()).filter(|path| *path != source.path).collect()
    }

    fn file_of(&self, path: &[String], hops: usize) -> Option<usize> {
        if let [name] = path
            && let Some(at) = self.macros.get(name)
        {
            return Some(*at);
        }
        let (module, at) = (0..=path.len()).rev().find_map(|n| Some((n, *self.modules.get(&path[..n])?)))?;
        let handed_on = path.get(module).and_then(|name| self.files[at].exports.get(name));
        match handed_on {
            Some(origin) if hops < 8 => {
                let whole: Vec<String> = origin.iter().chain(&path[module + 1..]).cloned().collect();
                self.file_of(&whole, hops + 1)
            }
            // A module that is named as such is used through paths that begin with its name.
            _ => Some(at),
        }
    }
}

impl Source {
    pub(crate) fn parse(path: &str, text: &str) -> syn::Result<Self> {
        let file = syn::parse_file(text)?;
        let mut reader =
            Reader { modules: vec![module_of(path)], children: Vec::new(), source: Self::empty(path) };
        reader.children = file
            .items
            .iter()
            .filter_map(|item| match item {
                syn::Item::Mod(module) if module.content.is_none() => Some(module.ident.to_string()),
                _ => None,
            })
            .collect();
        reader.visit_file(&file);
        reader.source.lines = text.lines().count();
        Ok(reader.source)
    }

    fn empty(path: &str) -> Self {
        let (imports, functions) = (Vec::new(), Vec::new());
        Self {
            path: path.to_owned(),
            lines: 0,
            imports,
            functions,
            exports: BTreeMap::new(),
            macros: Vec::new(),
        }
    }

    /// The top-level module that it belongs to: `votes` for `votes/store.rs` and `votes.rs`.
    pub(crate) fn room(&self) -> &str {
        self.path.split('/').next().unwrap_or(&self.path).trim_end_matches(".rs")
    }
}

fn read(folder: &Path, below: &str, found: &mut Vec<Source>) -> Result<(), Box<dyn Error>> {
    let mut entries = fs::read_dir(folder)?.collect::<Result<Vec<_>, _>>()?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{below}{}", entry.file_name().to_string_lossy());
        if entry.file_type()?.is_dir() {
            read(&entry.path(), &format!("{path}/"), found)?;
        } else if path.ends_with(".rs") {
            found.push(Source::parse(&path, &fs::read_to_string(entry.path())?)?);
        }
    }
    Ok(())
}

/// The module that a file holds: `["votes", "store"]` for `votes/store.rs`, nothing for the root.
fn module_of(path: &str) -> Vec<String> {
    let parts = path.trim_end_matches(".rs").split('/');
    parts.filter(|part| !["mod", "lib", "main"].contains(part)).map(str::to_owned).collect()
}

/// Walks through a file and notes what it names.
struct Reader {
    /// The modules that are open, the file's own first.
    modules: Vec<Vec<String>>,
    /// The modules in files of their own that this one declares.
    children: Vec<String>,
    source: Source,
}

impl Reader {
    /// The path from the root that these names begin, if they name something of the crate.
    fn absolute(&self, names: &[String]) -> Option<Vec<String>> {
        let here = self.modules.last()?;
        let first = names.first()?;
        let (mut base, mut rest) = match first.as_str() {
            "crate" => (Vec::new(), &names[1..]),
            "self" => (here.clone(), &names[1..]),
            "super" => (here.clone(), names),
            name if self.modules.len() == 1 && self.children.iter().any(|child| child == name) => {
                (here.clone(), names)
            }
            _ => return None,
        };
        while rest.first().is_some_and(|name| name == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }

    fn note(&mut self, span: Span, names: &[String]) {
        if let Some(path) = self.absolute(names) {
            self.source.imports.push(Import { line: span.start().line, path });
        }
    }

    fn note_tree(&mut self, tree: &UseTree, before: &[String], public: bool) {
        let with = |name: &Ident| before.iter().cloned().chain([name.to_string()]).collect::<Vec<_>>();
        match tree {
            UseTree::Path(path) => self.note_tree(&path.tree, &with(&path.ident), public),
            UseTree::Group(group) => group.items.iter().for_each(|tree| self.note_tree(tree, before, public)),
            UseTree::Glob(glob) => self.note(glob.span(), before),
            UseTree::Name(name) if name.ident == "self" => self.note(name.span(), before),
            UseTree::Name(name) => self.note_name(name.span(), &with(&name.ident), &name.ident, public),
            UseTree::Rename(rename) => {
                self.note_name(rename.span(), &with(&rename.ident), &rename.rename, public);
            }
        }
    }

    fn note_name(&mut self, span: Span, names: &[String], called: &Ident, public: bool) {
        match self.absolute(names) {
            Some(path) if self.modules.len() == 1 => {
                self.source.exports.insert(called.to_string(), path);
                // What is only handed on is no import of the one that does so.
                if !public {
                    self.note(span, names);
                }
            }
            _ => self.note(span, names),
        }
    }

    /// Looks for paths in what no parser takes apart: the arguments of macros, and their bodies.
    fn note_tokens(&mut self, tokens: TokenStream) {
        let trees: Vec<TokenTree> = tokens.into_iter().collect();
        let mut at = 0;
        while at < trees.len() {
            if let TokenTree::Group(group) = &trees[at] {
                self.note_tokens(group.stream());
            }
            let mut names = Vec::new();
            let span = trees[at].span();
            while let Some(TokenTree::Ident(name)) = trees.get(at) {
                names.push(name.to_string());
                let colon = |n: usize| matches!(trees.get(at + n), Some(TokenTree::Punct(mark)) if mark.as_char() == ':');
                if !(colon(1) && colon(2)) {
                    break;
                }
                at += 3;
            }
            if names.len() > 1 {
                self.note(span, &names);
            }
            at += 1;
        }
    }

    fn note_function(&mut self, name: &Ident, span: Span) {
        let lines = span.end().line - span.start().line + 1;
        self.source.functions.push(Function { name: name.to_string(), lines });
    }
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item_mod(&mut self, module: &'ast ItemMod) {
        let Some(here) = self.modules.last() else { return };
        let inner = here.iter().cloned().chain([module.ident.to_string()]).collect();
        self.modules.push(inner);
        visit::visit_item_mod(self, module);
        self.modules.pop();
    }

    fn visit_item_use(&mut self, item: &'ast ItemUse) {
        self.note_tree(&item.tree, &[], !matches!(item.vis, Visibility::Inherited));
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        let names: Vec<String> = path.segments.iter().map(|segment| segment.ident.to_string()).collect();
        if names.len() > 1 {
            self.note(path.span(), &names);
        }
        visit::visit_path(self, path);
    }

    /// `pub(in crate::admin)` names who may look, and takes nothing from there.
    fn visit_visibility(&mut self, _: &'ast Visibility) {}

    fn visit_macro(&mut self, call: &'ast Macro) {
        self.visit_path(&call.path);
        self.note_tokens(call.tokens.clone());
    }

    fn visit_item_macro(&mut self, item: &'ast ItemMacro) {
        let is_exported = item.attrs.iter().any(|attribute| attribute.path().is_ident("macro_export"));
        if let Some(name) = item.ident.as_ref().filter(|_| is_exported) {
            self.source.macros.push(name.to_string());
        }
        visit::visit_item_macro(self, item);
    }

    fn visit_item_fn(&mut self, function: &'ast ItemFn) {
        self.note_function(
            &function.sig.ident,
            function.block.span().join(function.sig.span()).unwrap_or(function.span()),
        );
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast ImplItemFn) {
        self.note_function(
            &function.sig.ident,
            function.block.span().join(function.sig.span()).unwrap_or(function.span()),
        );
        visit::visit_impl_item_fn(self, function);
    }
}
