//! Reads JSON and notices keys that stand twice in an object, of which the usual reader would quietly drop one.
//!
//! Values take many times the memory of their text, so a file is never held as such: each record of a list is handed over
//! when it is read, and one that holds more values than any real one is not read to its end.

use std::cell::Cell;
use std::fmt;

use serde::de::{
    Deserialize, DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor,
};
use serde_json::{Map, Number, Value};

use super::problem::{Path, Problems};

/// The most values of one record.
const MOST_VALUES: usize = 20_000;

/// Takes a record: the key of its list, its place there, and its value.
pub(super) type Take<'t> = dyn FnMut(&str, usize, Value) + 't;

/// The object that `text` holds, its lists empty: what is in those is handed to `take`. A problem is noted for each key
/// that is repeated in its object.
pub(super) fn read(problems: &Problems, text: &str, take: &mut Take<'_>) -> serde_json::Result<Value> {
    let mut reader = serde_json::Deserializer::from_str(text);
    let left = Cell::new(MOST_VALUES);
    let file = Node { problems, path: &Path::Top, left: &left, role: Role::File(take) };
    let value = file.deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

/// The value at `path`, yet to be read.
struct Node<'a, 't> {
    problems: &'a Problems,
    path: &'a Path<'a>,
    /// How many more values the record may have.
    left: &'a Cell<usize>,
    role: Role<'a, 't>,
}

/// What a value is to the file.
enum Role<'a, 't> {
    /// All of it.
    File(&'a mut Take<'t>),
    /// A list of records, under this key.
    Records(&'a str, &'a mut Take<'t>),
    /// A record or something in one.
    Value,
}

impl<'de> DeserializeSeed<'de> for Node<'_, '_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, reader: D) -> Result<Value, D::Error> {
        if self.left.get() == 0 {
            return IgnoredAny::deserialize(reader).map(|_| Value::Null);
        }
        if self.left.get() == 1 {
            self.problems.add(self.path, format!("is more than a record may hold: {MOST_VALUES} values"));
        }
        self.left.set(self.left.get() - 1);
        reader.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_, '_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let problems = self.problems;
        if let Role::Records(key, take) = self.role {
            for index in 0.. {
                let (path, left) = (self.path.index(index), Cell::new(MOST_VALUES));
                let record = Node { problems, path: &path, left: &left, role: Role::Value };
                match list.next_element_seed(record)? {
                    Some(value) => take(key, index, value),
                    None => break,
                }
            }
            return Ok(Value::Array(Vec::new()));
        }
        let mut values = Vec::new();
        loop {
            let path = self.path.index(values.len());
            match list.next_element_seed(Node {
                problems,
                path: &path,
                left: self.left,
                role: Role::Value,
            })? {
                Some(value) if self.left.get() > 0 => values.push(value),
                Some(_) => {}
                None => return Ok(Value::Array(values)),
            }
        }
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut object: A) -> Result<Value, A::Error> {
        let mut entries = Map::new();
        while let Some(key) = object.next_key::<String>()? {
            let path = self.path.key(&key);
            let role = match &mut self.role {
                Role::File(take) => Role::Records(&key, take),
                _ => Role::Value,
            };
            let node = Node { problems: self.problems, path: &path, left: self.left, role };
            let value = object.next_value_seed(node)?;
            if entries.contains_key(&key) {
                self.problems.add(&path, "stands here twice");
            }
            if self.left.get() > 0 {
                entries.insert(key, value);
            }
        }
        Ok(Value::Object(entries))
    }
}
