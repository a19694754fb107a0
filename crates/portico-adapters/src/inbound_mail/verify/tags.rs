//! Lists of tags: signatures and keys of DKIM (RFC 6376, section 3.2).

/// The tags of a list by name. None if one is there twice: programs would choose different ones.
pub(super) struct Tags(Vec<(String, String)>);

impl Tags {
    pub(super) fn read(text: &str) -> Option<Self> {
        let mut tags: Vec<(String, String)> = Vec::new();
        for tag in text.split(';').filter(|tag| !tag.trim().is_empty()) {
            let (name, value) = tag.split_once('=')?;
            // Names may be in upper case for some programs.
            let name = name.trim().to_ascii_lowercase();
            if tags.iter().any(|(other, _)| *other == name) {
                return None;
            }
            tags.push((name, value.split_ascii_whitespace().collect()));
        }
        Some(Self(tags))
    }

    /// A value without white space.
    pub(super) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(tag, _)| tag == name).map(|(_, value)| value.as_str())
    }

    /// Whether a list of items separated by colons has one, in any letter case.
    pub(super) fn lists(&self, name: &str, item: &str) -> bool {
        self.get(name).is_some_and(|list| list.split(':').any(|other| other.eq_ignore_ascii_case(item)))
    }
}
