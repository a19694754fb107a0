//! Files of projects, without bytes: a seeded database has no store.

use portico_core::decisions::{SeenFile, sha256};
use portico_core::files::{
    AttachmentRecord, FileAuthorKind, FileKind, FilePurpose, FileSource, FileState, RenditionState, ScanResult,
};

use super::chance::{Chance, Thing};
use super::decisions::Attached;
use super::moment;
use super::people::client;
use super::project::Site;
use super::words::WORDS;
use crate::add;

impl Site<'_> {
    /// Adds files and photos: more in larger projects, most of them shared with clients.
    pub(super) fn put_files(&mut self) {
        let mut chance = self.chance(Thing::File);
        let album = self.id(Thing::Album, 0);
        add!(self => Album { id: album, name: "Progress", shared_with_clients: true, sort: 1 });
        let mut cover = None;
        let (mut used_bytes, count) = (0, 2 + chance.below(2 + self.size.tasks / 4));
        for number in 0..count {
            let (id, content_id) = (self.id(Thing::File, number), self.id(Thing::FileContent, number));
            let (is_photo, is_client) = (chance.percent(60), chance.percent(15));
            let (words, extension) = if is_photo { (&WORDS.photos, "jpg") } else { (&WORDS.files, "pdf") };
            let name = format!("{} {}.{extension}", chance.pick(words), 1 + number);
            let hash = sha256(&content_id.to_string());
            let media_type = if is_photo { "image/jpeg" } else { "application/pdf" };
            let size = i64::from(chance.between(40_000, 4_000_000));
            let author = if is_client {
                client(self.seed, self.index, 0).0
            } else {
                let number = self.any_staff_number(&mut chance);
                self.company.staff_person(self.seed, number)
            };
            let created_at = moment(chance.between(self.created, -1));
            let (is_shared, is_deleted) = (is_client || chance.percent(70), chance.percent(3));
            add!(self => File {
                id, album_id: is_photo.then_some(album), kind: if is_photo { FileKind::Photo } else { FileKind::File }, purpose: FilePurpose::Project, name: &name,
                state: if is_deleted { FileState::Deleted } else { FileState::Available }, shared_with_clients: is_shared,
                author_id: Some(author.id), author_kind: if is_client { FileAuthorKind::Client } else { FileAuthorKind::Company },
                author_name: &author.name, content_number: 1, media_type, size, sha256: &hash,
                renditions: if is_photo { RenditionState::Failed } else { RenditionState::None },
                taken_at: is_photo.then_some(created_at), created_at, deleted_at: is_deleted.then(|| moment(-1)), version: 1,
            });
            add!(self => FileContent {
                id: content_id, file_id: id, number: 1, media_type, size, sha256: &hash,
                author_id: Some(author.id), author_name: &author.name, created_at,
            });
            add!(self => FileInternal { file_id: id, source: FileSource::Upload, scan_result: ScanResult::NotScanned });
            if !is_client && chance.percent(20) {
                add!(self => FileTrade { file_id: id, project_membership_id: self.any_trade(&mut chance) });
            }
            if self.size.selections > 0 && chance.percent(40) {
                let (attachment, place) = (self.id(Thing::FileAttachment, number), chance.below(self.size.selections));
                let selection = self.id(Thing::Selection, place);
                // Some photos show the first option.
                let option = (is_photo && number % 3 == 0).then(|| self.option_id(place, 0));
                let (record_kind, record_id) = match option {
                    Some(option) => (AttachmentRecord::SelectionOption, option),
                    None => (AttachmentRecord::Selection, selection),
                };
                add!(self => FileAttachment { id: attachment, file_id: id, record_kind, record_id, created_at });
                if is_shared && !is_deleted {
                    let (media_type, sha256) = (media_type.to_owned(), hash.clone());
                    let file = SeenFile { id: id.into(), name: name.clone(), media_type, size, sha256 };
                    self.attached.push(Attached {
                        at: created_at,
                        id: attachment,
                        selection,
                        option,
                        content: content_id,
                        file,
                    });
                }
            }
            if is_photo && is_shared && !is_deleted && cover.is_none() {
                cover = Some(id);
            }
            used_bytes += size;
        }
        if let Some(file_id) = cover {
            add!(self => ProjectCover { file_id });
        }
        add!(self => ProjectStorage { used_bytes, file_count: count });
    }
}
