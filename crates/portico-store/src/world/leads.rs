//! Leads, and the forms by which they come, into rows.

use serde_json::json;

use super::WorldError;
use super::rows::Rows;
use super::source::CompanySource;

/// The form of a company's site.
pub(super) fn form(rows: &mut Rows, source: &CompanySource) -> Result<(), WorldError> {
    let Some(form) = &source.company.lead_form else { return Ok(()) };
    let company_id = rows.find(&source.file(), &source.slug)?;
    rows.add(
        "lead_forms",
        json!({
            "company_id": company_id,
            "key": form.key,
            "is_open": true,
            "allowed_origins": form.allowed_origins,
            "created_at": source.company.created_on.instant(),
        }),
    );
    Ok(())
}

/// A company's leads, after its contacts and projects.
pub(super) fn leads(rows: &mut Rows, source: &CompanySource) -> Result<(), WorldError> {
    let file = source.file();
    let company_id = rows.find(&file, &source.slug)?;
    for (slug, lead) in &source.company.leads {
        let contact_id = rows.find(&file, &format!("{}/contact/{}", source.slug, lead.contact))?;
        let project = lead.project.as_ref().map(|project| rows.find(&file, &format!("{}/{project}", source.slug)));
        let project_id = project.transpose()?;
        let id = rows.name(&file, &format!("{}/lead/{slug}", source.slug))?;
        rows.add(
            "leads",
            json!({
                "id": id,
                "company_id": company_id,
                "contact_id": contact_id,
                "state": lead.state.text(),
                "source": lead.source.text(),
                "message": lead.message,
                "interest": lead.interest,
                "project_id": project_id,
                "created_at": lead.on.instant(),
                "updated_at": lead.on.instant(),
                "version": 1,
            }),
        );
    }
    Ok(())
}
