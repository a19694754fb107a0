//! Rows of a project's files, and the bytes of their objects.

use chrono::{DateTime, Utc};
use portico_core::files::hash::ContentHash;
use portico_core::files::{
    AttachmentRecord, FileAuthorKind, FileKind, FilePurpose, FileSource, FileState, ObjectState, RenditionKind,
    RenditionState, ScanResult,
};
use portico_store::rows::Text;
use rust_decimal::Decimal;
use uuid::Uuid;

use super::project::Site;
use super::section::{Day, Section};
use super::{DEMO, Result};
use crate::add;

/// Bytes that the files of a project use.
#[derive(Default)]
pub(super) struct Used {
    bytes: i64,
    files: i32,
}

/// The media type and kind of a file, by its extension.
fn content_of(name: &str) -> Option<(&'static str, FileKind)> {
    Some(match name.rsplit_once('.')?.1 {
        "pdf" => ("application/pdf", FileKind::File),
        "txt" => ("text/plain", FileKind::File),
        "jpg" => ("image/jpeg", FileKind::Photo),
        "mp4" => ("video/mp4", FileKind::Video),
        _ => return None,
    })
}

/// Adds an album, in the order of the file.
pub(super) fn album_rows(site: &mut Site<'_, '_>, album: &mut Section) -> Result {
    let (name, is_shared): (Text, bool) = (album.require("name")?, album.require("clients")?);
    let id = site.name_section(album, &format!("album/{name}"))?;
    add!(site => Album { id, name, shared_with_clients: is_shared, sort: album.position });
    Ok(())
}

/// Adds the cover that a list of files names, if it names one.
pub(super) fn cover_row(site: &mut Site<'_, '_>, list: &mut Section) -> Result {
    if let Some(name) = list.get::<Text>("cover")? {
        add!(site => ProjectCover { file_id: site.find(&format!("file/{name}"))? });
    }
    Ok(())
}

/// Attaches the file with a name to a record, at `path` in the project.
pub(super) fn attachment_row(
    site: &mut Site<'_, '_>,
    (kind, path): (AttachmentRecord, &str),
    (file, is_hidden): (&str, bool),
    created_at: DateTime<Utc>,
) -> Result {
    let id = site.name(&format!("attachment/{path}/{file}"))?;
    add!(site => FileAttachment {
        id, file_id: site.find(&format!("file/{file}"))?, record_kind: kind, record_id: site.find(path)?,
        hidden_from_clients: is_hidden, created_at,
    });
    Ok(())
}

/// Attaches a file to the selections, options and tasks that it names.
fn attachment_rows(site: &mut Site<'_, '_>, name: &str, file: &mut Section, created_at: DateTime<Utc>) -> Result {
    for (key, is_hidden) in [("attached_to", false), ("hidden_at", true)] {
        for path in file.get::<Vec<Text>>(key)?.unwrap_or_default() {
            let kind = match path.split('/').next() {
                Some("task") => AttachmentRecord::Task,
                Some("selection") => AttachmentRecord::Selection,
                Some("option") => AttachmentRecord::SelectionOption,
                _ => {
                    let message = "a record is a path such as `task/Framing`, `selection/Countertops` or `option/Countertops/Quartz`";
                    return Err(file.error(message));
                }
            };
            attachment_row(site, (kind, &path), (name, is_hidden), created_at)?;
        }
    }
    Ok(())
}

/// Adds a file with its content, renditions and objects.
pub(super) fn file_rows(site: &mut Site<'_, '_>, used: &mut Used, file: &mut Section) -> Result {
    let (name, on): (Text, Day) = (file.require("name")?, file.require("on")?);
    let id = site.name_section(file, &format!("file/{name}"))?;
    let content: String = file.require("content")?;
    let (media_type, kind) = content_of(&content).ok_or_else(|| file.error("`content` has no known extension"))?;
    let (author_id, author_kind, author_name) = author(site, file)?;
    let state = file.get("state")?.unwrap_or(FileState::Available);
    let created_at = on.at_minute(file.position);
    let content_id = site.name(&format!("file/{name}/content"))?;
    let bytes = content_bytes(site, &content).ok_or_else(|| file.error("`content` names no file"))?;
    let size = size_of(bytes);
    used.bytes += size;
    used.files += 1;
    let is_clean = kind == FileKind::File;
    let position: Option<(Decimal, Decimal)> = file.get("position")?;
    let (taken_on, deleted_on): (Option<Day>, Option<Day>) = (file.get("taken_on")?, file.get("deleted_on")?);
    let album: Option<Text> = file.get("album")?;
    let album_id = album.map(|album| site.find(&format!("album/{album}"))).transpose()?;
    add!(site => File {
        id, album_id, kind, purpose: FilePurpose::Project, name: &name, state, shared_with_clients: file.require::<bool>("clients")?,
        author_id, author_kind, author_name: &author_name, content_number: 1, media_type, size,
        sha256: hash_of(bytes), renditions: if is_clean { RenditionState::None } else { RenditionState::Ready }, taken_at: taken_on, created_at,
        deleted_at: deleted_on, version: 1,
    });
    add!(site => FileContent {
        id: content_id, file_id: id, number: 1, media_type, size, sha256: hash_of(bytes), author_id, author_name, created_at,
    });
    let source = file.get("source")?.unwrap_or(FileSource::Upload);
    add!(site => FileInternal {
        file_id: id, source, scan_result: ScanResult::NotScanned, is_unattributed: author_kind == FileAuthorKind::Sender, latitude: position.map(|(latitude, _)| latitude),
        longitude: position.map(|(_, longitude)| longitude),
    });
    for slug in file.get::<Vec<Text>>("trades")?.unwrap_or_default() {
        add!(site => FileTrade { file_id: id, project_membership_id: site.find(&format!("trade/{slug}"))? });
    }
    attachment_rows(site, &name, file, created_at)?;
    let ids = (id, content_id);
    rendition_rows(site, ids, (RenditionKind::Original, is_clean), (media_type, bytes), None)?;
    if is_clean {
        return Ok(());
    }
    // Made by the programs that make them of uploads.
    let stem = content.trim_end_matches(".jpg").trim_end_matches(".mp4");
    if kind == FileKind::Video {
        let copy = made(site, file, &format!("{stem}.video.mp4"))?;
        rendition_rows(site, ids, (RenditionKind::Video, true), (media_type, copy), None)?;
    }
    for kind in [RenditionKind::Large, RenditionKind::Medium, RenditionKind::Small] {
        let image = made(site, file, &format!("{stem}.{}.jpg", kind.as_str().to_lowercase()))?;
        let size = jpeg_size(image).ok_or_else(|| file.error("an image is no JPEG file"))?;
        rendition_rows(site, ids, (kind, true), ("image/jpeg", image), Some(size))?;
    }
    Ok(())
}

/// Who added a file: a member `by` name, or the sender of a mail who is none, `from` an address.
fn author(site: &mut Site<'_, '_>, file: &mut Section) -> Result<(Option<Uuid>, FileAuthorKind, Text)> {
    if let Some(address) = file.get::<Text>("from")? {
        return Ok((None, FileAuthorKind::Sender, address));
    }
    let by: Text = file.require("by")?;
    let is_client = site.find(&format!("client/{by}")).is_ok();
    if !is_client {
        site.find_in_company(&format!("staff/{by}"))?;
    }
    let id = site.build.find(&format!("people/{by}"))?;
    let name = site.build.people.get(&*by).map(|person| person.name.clone()).unwrap_or_default();
    Ok((Some(id), if is_client { FileAuthorKind::Client } else { FileAuthorKind::Company }, name))
}

/// Adds what a project's files use together.
pub(super) fn storage_row(site: &mut Site<'_, '_>, used: &Used) {
    add!(site => ProjectStorage { used_bytes: used.bytes, file_count: used.files });
}

fn rendition_rows(
    site: &mut Site<'_, '_>,
    (file_id, content_id): (Uuid, Uuid),
    (kind, is_clean): (RenditionKind, bool),
    (media_type, bytes): (&'static str, &'static [u8]),
    pixels: Option<(i32, i32)>,
) -> Result {
    let path = format!("rendition/{file_id}/{kind}");
    let (id, object) = (site.name(&path)?, site.name(&format!("{path}/object"))?);
    let size = size_of(bytes);
    add!(site => FileRendition {
        id, content_id, file_id, kind, is_current: true, is_clean, media_type, size, sha256: hash_of(bytes),
        width: pixels.map(|(width, _)| width), height: pixels.map(|(_, height)| height),
    });
    add!(site => FileObject {
        id: object, rendition_id: Some(id), start: 0_i64, size, state: ObjectState::Stored, created_at: site.created_at,
    });
    site.build.objects.push((object, bytes));
    Ok(())
}

/// The bytes of a file in the project's folder `files`.
fn content_bytes(site: &Site<'_, '_>, name: &str) -> Option<&'static [u8]> {
    DEMO.get_file(format!("{}/files/{name}", site.path)).map(include_dir::File::contents)
}

/// The bytes of what was made of a file.
fn made(site: &Site<'_, '_>, file: &Section, name: &str) -> Result<&'static [u8]> {
    content_bytes(site, name).ok_or_else(|| file.error(&format!("`{name}` is missing")))
}

fn hash_of(bytes: &[u8]) -> String {
    let mut hash = ContentHash::new();
    hash.update(bytes);
    hash.finish()
}

fn size_of(bytes: &[u8]) -> i64 {
    i64::try_from(bytes.len()).unwrap_or(i64::MAX)
}

/// Width and height of a JPEG file: of its frame header, which follows segments with their length.
fn jpeg_size(bytes: &[u8]) -> Option<(i32, i32)> {
    let number = |at: usize| Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?));
    let mut at = 2;
    loop {
        match number(at)? {
            0xffc0..=0xffc2 => return Some((number(at + 7)?.into(), number(at + 5)?.into())),
            0xff01..=0xffff => at += 2 + usize::from(number(at + 2)?),
            _ => return None,
        }
    }
}
