//! Names as readers see them: each where it belongs in its line, whichever way it runs, and told apart where two that look
//! the same stand together.

use std::borrow::Borrow;
use std::collections::HashMap;
use std::sync::Arc;

use super::directory::{Category, Tool};
use super::file::record::{Fact, Plan, ReviewerRecord};
use crate::text::{isolated, look, shown_name};

impl Tool {
    /// The tool with what stands in lines of pages as it may stand there.
    #[must_use]
    pub fn shown(self) -> Self {
        Self {
            name: shown_name(&self.name),
            tagline: isolated(&self.tagline),
            entry_price: isolated(&self.entry_price),
            ..self
        }
    }
}

impl Category {
    /// The category with its name as pages show it.
    #[must_use]
    pub fn shown(self) -> Self {
        Self { name: shown_name(&self.name), ..self }
    }
}

impl ReviewerRecord {
    /// The reviewer with what stands in lines of pages as it may stand there.
    #[must_use]
    pub fn shown(self) -> Self {
        Self {
            name: shown_name(&self.name),
            role: isolated(&self.role),
            motto: isolated(&self.motto),
            model: self.model.as_deref().map(isolated),
            ..self
        }
    }
}

impl Plan {
    /// The plan with what stands in lines of pages as it may stand there.
    #[must_use]
    pub fn shown(self) -> Self {
        Self { name: shown_name(&self.name), per: isolated(&self.per), ..self }
    }
}

impl Fact {
    /// The fact with its label as pages show it.
    #[must_use]
    pub fn shown(self) -> Self {
        Self { label: shown_name(&self.label), ..self }
    }
}

/// The names of two records, each with its slug where the two look the same.
pub fn two_apart(named: [(String, String); 2]) -> [String; 2] {
    let [first, second] = named.each_ref().map(|(name, _)| look(name));
    named.map(|(name, slug)| if first == second { format!("{name} ({slug})") } else { name })
}

/// Puts the slugs behind those names of a list or a pair that look the same and are of different tools: nobody could
/// tell otherwise which of them a line means. Everywhere else a name stands alone.
pub fn tell_apart<'a>(tools: impl IntoIterator<Item = &'a mut Arc<Tool>>) {
    let mut named: HashMap<String, Vec<&mut Arc<Tool>>> = HashMap::new();
    for tool in tools {
        named.entry(look(tool.name_alone())).or_default().push(tool);
    }
    for alike in named.into_values() {
        let first = alike.first().map(|tool| tool.id);
        if alike.iter().any(|tool| Some(tool.id) != first) {
            for tool in alike {
                let tool = Arc::make_mut(tool);
                tool.name = tool.name_with_slug();
            }
        }
    }
}

/// The same for tools that others hold as well.
pub fn told_apart<T: Borrow<Arc<Tool>>>(tools: impl IntoIterator<Item = T>) -> Vec<Arc<Tool>> {
    let mut tools: Vec<Arc<Tool>> = tools.into_iter().map(|tool| Arc::clone(tool.borrow())).collect();
    tell_apart(&mut tools);
    tools
}
