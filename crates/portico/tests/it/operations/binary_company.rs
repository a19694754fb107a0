//! Tests of the binary: `portico company`, and the configuration of `serve`.

use std::fs;
use std::path::PathBuf;
use std::process::Command;

use portico_core::id::new_uuid;
use portico_testkit::TestDatabase;
use rustix::process::Signal;

use crate::support::service::{Service, run, text};
use crate::support::service::{assert_fails, over, serve};

/// A configuration file, deleted on drop.
struct File(PathBuf);

impl File {
    fn with(text: &str) -> Self {
        let path = std::env::temp_dir().join(format!("portico-{}.toml", new_uuid()));
        fs::write(&path, text).expect("a file can be written");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("paths of tests are text")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

const REGIONS: &str =
    "[regions]\nUS = \"us.portico.example\"\nCA = \"ca.portico.example\"\nNZ = \"nz.portico.example\"\n";

fn create(database: &TestDatabase, name: &str) -> Command {
    let mut command = over(database, "company");
    command.args(["create", "--slug", "larch", "--name", name, "--region", "NZ"]);
    command.args(["--owner-email", "rua@larch.example", "--owner-name", "Rua Tane"]);
    command
}

#[tokio::test]
async fn company_create_is_repeatable() {
    // ORG-1
    let database = TestDatabase::empty().await;
    let config = File::with(&format!("{REGIONS}[portal_hosts]\n\"my.larch.example\" = \"larch\"\n"));
    let with = |name: &str| {
        let mut command = create(&database, name);
        command.args(["--config", config.path()]);
        command
    };
    assert_fails(&mut create(&database, "Larch Homes"), &["--config", "--public-url"]);
    for (words, is_done) in [("larch created", 1), ("nothing changed", 1)] {
        let output = run(&mut with("Larch Homes"));
        assert!(output.status.success(), "{}", text(&output.stderr));
        assert!(text(&output.stdout).contains(words), "{}", text(&output.stdout));
        assert_eq!(database.db_count("select count(*) from jobs").await, is_done);
    }
    assert_fails(&mut with("Larch"), &["its name is `Larch Homes`, not `Larch`", "Nothing was changed"]);
    let listed = run(over(&database, "company").arg("list"));
    assert_eq!(text(&listed.stdout), "larch  NZ  my.larch.example  Larch Homes\n", "{}", text(&listed.stderr));
    let host = "select payload->>'portal_host' as text from jobs";
    assert_eq!(database.db_texts(host).await, ["nz.portico.example"], "invitations lead to the installation's host");
}

#[tokio::test]
async fn serve_checks_its_configuration() {
    // ORG-5
    let demo = TestDatabase::demo().await;
    for (config, words) in [
        ("[regions]\nUS = \"us.portico.example\"", &["fernhill", "region CA", "[regions]"][..]),
        ("[region]\nUS = \"us.portico.example\"", &["--config", "unknown field `region`"]),
        ("[regions]\nUS = \"https://us.portico.example\"", &["--config", "`https://us.portico.example`"]),
        ("", &["--config", "[regions]"]),
    ] {
        let file = File::with(config);
        assert_fails(serve(&demo).args(["--config", file.path()]), words);
        assert_fails(serve(&demo).env("PORTICO_CONFIG", file.path()), words);
    }
    assert_fails(serve(&demo).args(["--config", "/nowhere/portico.toml"]), &["--config /nowhere/portico.toml"]);
    let mail = ["--smtp-url", "smtp://127.0.0.1:9", "--mail-from", "portal@portico.example"];
    assert_fails(serve(&demo).args(mail), &["--smtp-url needs --config"]);
    let file = File::with(&format!("{REGIONS}[portal_hosts]\n\"portal.yew.example\" = \"yew\"\n"));
    let service = Service::start(serve(&demo).args(["--config", file.path()]));
    assert_eq!(service.end(Signal::TERM), Some(0));
}
