//! Parses files into companies and projects, before references are resolved.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;

use super::WorldError;
use super::model::{Company, People, Project, Schedule, Selections, Tokens};

/// All sections, by company and project.
pub(super) struct Source {
    pub(super) people: People,
    pub(super) tokens: Tokens,
    pub(super) companies: Vec<CompanySource>,
}

pub(super) struct CompanySource {
    pub(super) slug: String,
    pub(super) company: Company,
    pub(super) projects: Vec<ProjectSource>,
}

impl CompanySource {
    pub(super) fn file(&self) -> String {
        format!("{}/company.toml", self.slug)
    }
}

pub(super) struct ProjectSource {
    /// `company/project`: the prefix of its paths.
    pub(super) path: String,
    pub(super) project: Project,
    pub(super) schedule: Schedule,
    pub(super) selections: Selections,
}

impl ProjectSource {
    pub(super) fn file(&self, name: &str) -> String {
        format!("{}/{name}.toml", self.path)
    }
}

/// Reads files by path: `people.toml`, `<company>/company.toml`, `<company>/<project>/project.toml` and so on.
pub(super) fn read(files: &[(&str, &str)]) -> Result<Source, WorldError> {
    let files: BTreeMap<&str, &str> = files.iter().copied().collect();
    let mut companies: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for file in files.keys() {
        match *file.split('/').collect::<Vec<_>>().as_slice() {
            ["people.toml" | "tokens.toml"] => {}
            [company, "company.toml"] => {
                companies.entry(company).or_default();
            }
            [company, project, "project.toml" | "schedule.toml" | "selections.toml"] => {
                companies.entry(company).or_default().insert(project);
            }
            _ => return Err(WorldError::new(*file, "a world has no such file")),
        }
    }
    let project = |company: &str, project: &str| -> Result<ProjectSource, WorldError> {
        let path = format!("{company}/{project}");
        Ok(ProjectSource {
            project: required(&files, &format!("{path}/project.toml"))?,
            schedule: parse(&files, &format!("{path}/schedule.toml"))?.unwrap_or_default(),
            selections: parse(&files, &format!("{path}/selections.toml"))?.unwrap_or_default(),
            path,
        })
    };
    let company = |(slug, projects): (&str, BTreeSet<&str>)| -> Result<CompanySource, WorldError> {
        Ok(CompanySource {
            slug: slug.to_owned(),
            company: required(&files, &format!("{slug}/company.toml"))?,
            projects: projects.into_iter().map(|name| project(slug, name)).collect::<Result<_, _>>()?,
        })
    };
    Ok(Source {
        people: required(&files, "people.toml")?,
        tokens: required(&files, "tokens.toml")?,
        companies: companies.into_iter().map(company).collect::<Result<_, _>>()?,
    })
}

fn required<T: DeserializeOwned>(files: &BTreeMap<&str, &str>, file: &str) -> Result<T, WorldError> {
    parse(files, file)?.ok_or_else(|| WorldError::new(file, "this file is missing"))
}

fn parse<T: DeserializeOwned>(files: &BTreeMap<&str, &str>, file: &str) -> Result<Option<T>, WorldError> {
    let section = files.get(file).map(|text| toml::from_str(text));
    section.transpose().map_err(|error| WorldError::new(file, error.to_string()))
}
