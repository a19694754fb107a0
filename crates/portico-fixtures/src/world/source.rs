//! Files into companies and projects, before anything refers to anything.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;

use super::WorldError;
use super::model::{Company, People, Project, Schedule, Selections, Tokens};

/// Everything that was written, by company and project.
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
    /// `company/project`: what the paths of all its things begin with.
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

#[derive(Default)]
struct ProjectFiles {
    project: Option<Project>,
    schedule: Option<Schedule>,
    selections: Option<Selections>,
}

#[derive(Default)]
struct CompanyFiles {
    company: Option<Company>,
    projects: BTreeMap<String, ProjectFiles>,
}

/// Reads files by their place: `people.toml`, `<company>/company.toml`, `<company>/<project>/project.toml` and so on.
pub(super) fn read(files: &[(&str, &str)]) -> Result<Source, WorldError> {
    let (mut people, mut tokens) = (None, None);
    let mut companies: BTreeMap<String, CompanyFiles> = BTreeMap::new();
    for &(file, text) in files {
        match *file.split('/').collect::<Vec<_>>().as_slice() {
            ["people.toml"] => people = Some(parse(file, text)?),
            ["tokens.toml"] => tokens = Some(parse(file, text)?),
            [slug, "company.toml"] => companies.entry(slug.to_owned()).or_default().company = Some(parse(file, text)?),
            [slug, project, part] => {
                let company = companies.entry(slug.to_owned()).or_default();
                let parts = company.projects.entry(project.to_owned()).or_default();
                match part {
                    "project.toml" => parts.project = Some(parse(file, text)?),
                    "schedule.toml" => parts.schedule = Some(parse(file, text)?),
                    "selections.toml" => parts.selections = Some(parse(file, text)?),
                    _ => return Err(WorldError::Misplaced { file: file.to_owned() }),
                }
            }
            _ => return Err(WorldError::Misplaced { file: file.to_owned() }),
        }
    }
    Ok(Source {
        people: present(people, "people.toml")?,
        tokens: present(tokens, "tokens.toml")?,
        companies: companies.into_iter().map(|(slug, files)| company(slug, files)).collect::<Result<_, _>>()?,
    })
}

fn company(slug: String, files: CompanyFiles) -> Result<CompanySource, WorldError> {
    let company = present(files.company, &format!("{slug}/company.toml"))?;
    let project = |(name, parts): (String, ProjectFiles)| {
        let path = format!("{slug}/{name}");
        Ok(ProjectSource {
            project: present(parts.project, &format!("{path}/project.toml"))?,
            schedule: parts.schedule.unwrap_or_default(),
            selections: parts.selections.unwrap_or_default(),
            path,
        })
    };
    let projects = files.projects.into_iter().map(project).collect::<Result<_, _>>()?;
    Ok(CompanySource { slug, company, projects })
}

fn present<T>(part: Option<T>, file: &str) -> Result<T, WorldError> {
    part.ok_or_else(|| WorldError::Missing { file: file.to_owned() })
}

fn parse<T: DeserializeOwned>(file: &str, text: &str) -> Result<T, WorldError> {
    toml::from_str(text).map_err(|error| WorldError::Unreadable { file: file.to_owned(), message: error.to_string() })
}
