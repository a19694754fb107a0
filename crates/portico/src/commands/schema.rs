//! `portico schema`

use clap::{Args, ValueEnum};
use portico_core::people::{Permission, PermissionSet, Role};
use portico_graphql::{CursorKey, Gateway, Rights};

use super::Failure;

#[derive(Debug, Args)]
pub(super) struct Options {
    /// Print the schema of a role, instead of the whole schema
    #[arg(long = "as", value_name = "ROLE")]
    role: Option<RoleName>,
    /// A permission of the role, such as COSTS_VIEW, or `all`; may be repeated
    #[arg(long = "with", value_name = "PERMISSION", requires = "role", value_parser = parse_permissions)]
    permissions: Vec<PermissionSet>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum RoleName {
    Public,
    Client,
    Trade,
    Staff,
    Owner,
    Reporting,
    Support,
}

/// Parses the name of a permission, or `all`.
pub(super) fn parse_permissions(name: &str) -> Result<PermissionSet, String> {
    if name.eq_ignore_ascii_case("all") {
        return Ok(PermissionSet::all());
    }
    let permission: Permission = name.to_uppercase().parse().map_err(|_| {
        let known: Vec<_> = Permission::ALL.iter().map(|permission| permission.as_str()).collect();
        format!("no such permission; the permissions are {}", known.join(", "))
    })?;
    Ok(PermissionSet::NONE.with(permission))
}

pub(super) fn run(options: Options) -> Result<(), Failure> {
    let text = match options.role {
        None => Gateway::sdl(),
        Some(name) => {
            let given = options.permissions.iter().flat_map(|set| set.iter()).collect();
            // No cursor is created here, so the key does not matter.
            let gateway = Gateway::new(CursorKey::from_secret(b"")).map_err(Failure::new)?;
            gateway.document(rights(name, given)).map_err(Failure::new)?.sdl().to_owned()
        }
    };
    super::print_line(text.trim_end());
    Ok(())
}

fn rights(name: RoleName, given: PermissionSet) -> Rights {
    match name {
        RoleName::Public => Rights::new(None, PermissionSet::NONE),
        RoleName::Client => Rights::new(Some(Role::Client), PermissionSet::NONE),
        RoleName::Trade => Rights::new(Some(Role::Trade), PermissionSet::NONE),
        RoleName::Staff => Rights::new(Some(Role::Staff), given),
        RoleName::Owner => Rights::new(Some(Role::Owner), PermissionSet::all()),
        RoleName::Reporting => Rights::new(Some(Role::Reporting), given),
        RoleName::Support => Rights::new(Some(Role::Support), PermissionSet::NONE),
    }
}
