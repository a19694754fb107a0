//! Template engine of mails and pages.

use minijinja::{Environment, Error, ErrorKind, UndefinedBehavior, escape_formatter};

/// Creates an environment that escapes values in `.html` templates, and fails if a value is missing.
///
/// minijinja would print `none` for an absent value, which readers take for text and forms send back. Templates test
/// `{% if value %}` first, or get an empty text.
///
/// # Errors
///
/// Describes what is wrong with a template.
pub fn strict(sources: impl IntoIterator<Item = (&'static str, &'static str)>) -> Result<Environment<'static>, Error> {
    let mut environment = Environment::new();
    environment.set_undefined_behavior(UndefinedBehavior::Strict);
    environment.set_formatter(|out, state, value| {
        if value.is_none() || value.is_undefined() {
            return Err(Error::new(ErrorKind::UndefinedError, "a value that is printed is missing"));
        }
        escape_formatter(out, state, value)
    });
    for (name, source) in sources {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

const BLACK: &str = "#000000";
const WHITE: &str = "#ffffff";

/// Black or white, whichever has more contrast with a color (`#rrggbb`): at least 4.5 to 1 (WCAG 2.2, 1.4.3).
pub fn ink_on(color: &str) -> &'static str {
    let luminance = luminance(color);
    // The ratio to white is 1.05 / (l + 0.05), that to black (l + 0.05) / 0.05.
    if (luminance + 0.05).powi(2) > 1.05 * 0.05 { BLACK } else { WHITE }
}

fn luminance(color: &str) -> f64 {
    let part = |at: usize| {
        let part = color.get(at..at + 2).and_then(|digits| u8::from_str_radix(digits, 16).ok()).unwrap_or(0);
        let part = f64::from(part) / 255.0;
        if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
}

#[cfg(test)]
mod tests {
    use minijinja::context;

    use super::*;

    #[test]
    fn missing_value_is_an_error() {
        // ROB-6
        let environment = strict([
            ("plain.txt", "{{ value }}"),
            ("nested.html", "<p>{{ form.value }}</p>"),
            ("listed.html", "{% for value in values %}<p>{{ value }}</p>{% endfor %}"),
            ("asked.html", "{% if value %}<p>{{ value }}</p>{% endif %}"),
        ])
        .expect("templates can be read");
        let filled = |name: &str, values| environment.get_template(name).and_then(|template| template.render(values));
        let none: Option<&str> = None;
        for (name, values) in [
            ("plain.txt", context! { value => none }),
            ("plain.txt", context! {}),
            ("plain.txt", context! { value => () }),
            ("nested.html", context! { form => context! { value => none } }),
            ("nested.html", context! { form => context! {} }),
            ("listed.html", context! { values => vec![Some("a"), none] }),
        ] {
            assert!(filled(name, values).is_err(), "{name}");
        }
        assert_eq!(filled("asked.html", context! { value => none }).ok().as_deref(), Some(""));
        assert_eq!(filled("plain.txt", context! { value => "" }).ok().as_deref(), Some(""));
        let escaped = filled("nested.html", context! { form => context! { value => "<b>" } });
        assert_eq!(escaped.ok().as_deref(), Some("<p>&lt;b&gt;</p>"));
    }

    #[test]
    fn text_contrasts_with_every_color() {
        let contrast = |one: f64, other: f64| (one.max(other) + 0.05) / (one.min(other) + 0.05);
        for step in 0..4096u32 {
            let color = format!("#{:02x}{:02x}{:02x}", (step >> 8) * 17, (step >> 4 & 15) * 17, (step & 15) * 17);
            let ratio = contrast(luminance(&color), luminance(ink_on(&color)));
            assert!(ratio >= 4.5, "{color}: {ratio}");
        }
        assert_eq!((ink_on("#ffffff"), ink_on("#000000"), ink_on("#2f5d50")), (BLACK, WHITE, WHITE));
    }
}
