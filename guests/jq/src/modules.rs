//! Modules: where `import` and `include` find files, and what `modulemeta` tells of one.

use std::path::{Path, PathBuf};
use std::rc::Rc;

use crate::json;
use crate::parser;
use crate::syntax::{Alias, Source};
use crate::value::{Map, Value};

/// Where modules are looked for.
#[derive(Clone, Debug, Default)]
pub struct Modules {
    search: Vec<String>,
}

impl Modules {
    /// The directories as the command line names them; the usual ones if it names none.
    pub fn new(directories: Vec<String>) -> Modules {
        let usual = || ["~/.jq", "$ORIGIN/../lib/jq", "$ORIGIN/../lib"].map(str::to_owned).to_vec();
        Modules { search: if directories.is_empty() { usual() } else { directories } }
    }

    pub fn search_list(&self) -> Value {
        Value::array(self.search.iter().map(|directory| Value::string(directory.clone())).collect())
    }

    /// A directory as a path; a relative one counts from where the importing file is.
    fn directory(name: &str, origin: &Path) -> PathBuf {
        if let Some(rest) = name.strip_prefix('~') {
            let home = std::env::var_os("HOME").map(PathBuf::from).unwrap_or_default();
            return home.join(rest.trim_start_matches('/'));
        }
        if let Some(rest) = name.strip_prefix("$ORIGIN") {
            return Path::new("/usr/bin").join(rest.trim_start_matches('/'));
        }
        origin.join(name)
    }

    fn find(
        &self,
        name: &str,
        search: Option<&Value>,
        origin: &Path,
        ending: &str,
    ) -> Result<PathBuf, String> {
        let mut directories = Vec::new();
        match search {
            Some(Value::String(one)) => directories.push(Self::directory(one, origin)),
            Some(Value::Array(several)) => {
                for one in &several.0 {
                    if let Value::String(one) = one {
                        directories.push(Self::directory(one, origin));
                    }
                }
            }
            _ => {}
        }
        // What the command line names counts from the working directory.
        directories.extend(self.search.iter().map(|name| Self::directory(name, Path::new(""))));
        if Path::new(name).is_absolute() || name.split('/').any(|part| part == "..") {
            return Err(format!("Relative paths to modules may not traverse to parent directories ({name})"));
        }
        let last = name.rsplit('/').next().unwrap_or(name);
        for directory in directories {
            for file in [format!("{name}.{ending}"), format!("{name}/{last}.{ending}")] {
                let path = directory.join(file);
                if path.is_file() {
                    return Ok(path);
                }
            }
        }
        Err(format!("module not found: {name}\n"))
    }

    /// Reads a module.
    pub fn load(
        &self,
        name: &str,
        search: Option<&Value>,
        origin: &Path,
    ) -> Result<(Source, PathBuf), String> {
        let path = self.find(name, search, origin, "jq")?;
        let text = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        let text = String::from_utf8_lossy(&text).into_owned();
        let source = parser::parse(&text).map_err(|error| {
            crate::report::located(&error.message, &text, error.at, &path.display().to_string())
        })?;
        if source.body.is_some() {
            return Err(format!("syntax error, unexpected a program in the module {}", path.display()));
        }
        Ok((source, path))
    }

    /// Reads a file of values.
    pub fn data(&self, name: &str, search: Option<&Value>, origin: &Path) -> Result<Value, String> {
        let path = self.find(name, search, origin, "json")?;
        let text = std::fs::read(&path).map_err(|error| format!("{}: {error}", path.display()))?;
        values(&text).map(Value::array).map_err(|message| format!("{}: {message}", path.display()))
    }

    /// What a module says of itself.
    pub fn meta(&self, name: &Value) -> Result<Value, String> {
        let Value::String(name) = name else {
            return Err("modulemeta input module name must be a string".to_owned());
        };
        let (source, _) = self.load(name, None, Path::new(""))?;
        let key = |name: &str| Rc::new(name.to_owned());
        let mut meta = match source.metadata {
            Some(Value::Object(members)) => members.0.clone(),
            _ => Map::default(),
        };
        let mut deps = Vec::new();
        for import in &source.imports {
            let mut members = match &import.metadata {
                Some(Value::Object(members)) => members.0.clone(),
                _ => Map::default(),
            };
            if let Some(Alias::Module(alias) | Alias::Data(alias)) = &import.alias {
                members.insert(key("as"), Value::string(alias.clone()));
            }
            members.insert(key("is_data"), Value::Bool(matches!(import.alias, Some(Alias::Data(_)))));
            members.insert(key("relpath"), Value::string(import.path.clone()));
            deps.push(Value::object(members));
        }
        meta.insert(key("deps"), Value::array(deps));
        let names = source
            .definitions
            .iter()
            .map(|definition| Value::string(format!("{}/{}", definition.name, definition.parameters.len())));
        meta.insert(key("defs"), Value::array(names.collect()));
        Ok(Value::object(meta))
    }
}

/// All values of a text.
pub fn values(text: &[u8]) -> Result<Vec<Value>, String> {
    let mut parser = json::Parser::new(false, false);
    let (mut rest, mut found) = (text, Vec::new());
    loop {
        let read = parser.feed(rest).map_err(|invalid| invalid.message)?;
        rest = &rest[read..];
        match parser.pop() {
            Some(value) => found.push(value),
            None if rest.is_empty() => break,
            None => {}
        }
    }
    parser.end().map_err(|invalid| invalid.message)?;
    found.extend(std::iter::from_fn(|| parser.pop()));
    Ok(found)
}
