-- Decisions of clients: for each project an append-only chain of hashes (docs/decisions/0034), and the right to approve.

-- On for owners and partners, off for representatives, unless staff set it otherwise (MR-23).
alter table project_memberships add column can_approve boolean not null default false;
update project_memberships set can_approve = true
where kind = 'CLIENT' and relationship in ('PRIMARY_OWNER', 'PARTNER');

create table decisions (
    id uuid primary key,
    company_id uuid not null,
    project_id uuid not null,
    position int not null check (position > 0),
    kind text not null check (kind ~ '^[A-Z][A-Z_]*$'),
    subject_kind text not null check (subject_kind ~ '^[A-Z][A-Z_]*$'),
    subject_id uuid not null,
    outcome text not null check (outcome in ('APPROVED', 'DECLINED')),
    -- What the client saw, as canonical JSON; null for kinds whose hash is that of a stored file.
    document text,
    document_hash text not null check (document_hash ~ '^[0-9a-f]{64}$'),
    -- In whole milliseconds, as the API shows it.
    decided_at timestamptz not null check (decided_at = date_trunc('milliseconds', decided_at)),
    -- The membership, which stays when the client is removed (INV-24), and the name at that time.
    decided_by uuid not null,
    decided_by_name text not null check (decided_by_name <> ''),
    terms_version text,
    evidence_hash text not null check (evidence_hash ~ '^[0-9a-f]{64}$'),
    prev_hash text,
    hash text not null check (hash ~ '^[0-9a-f]{64}$'),
    -- Each decision repeats the hash of the one before: neither a gap nor a branch can be inserted.
    previous_position int generated always as (case when position > 1 then position - 1 end) stored,
    unique (project_id, position),
    unique (project_id, position, hash),
    check ((position = 1) = (prev_hash is null)),
    check (document is null or document_hash = encode(sha256(convert_to(document, 'UTF8')), 'hex')),
    foreign key (project_id, previous_position, prev_hash) references decisions (project_id, position, hash) deferrable,
    foreign key (company_id, project_id) references projects (company_id, id),
    foreign key (project_id, decided_by) references project_memberships (project_id, id)
);
create index on decisions (project_id, previous_position);
create index on decisions (subject_id);
create index on decisions (decided_by);

-- The signature of the newest hash after each decision, by a key that is not in the database.
create table decision_heads (
    decision_id uuid primary key references decisions,
    company_id uuid not null,
    project_id uuid not null,
    position int not null,
    hash text not null,
    key_id text not null check (key_id <> ''),
    signature text not null check (signature <> ''),
    unique (project_id, position),
    foreign key (project_id, position, hash) references decisions (project_id, position, hash) deferrable
);

-- Private evidence, apart from the chain: it can be deleted, and the chain is still complete.
create table decision_evidence (
    decision_id uuid primary key references decisions,
    company_id uuid not null,
    project_id uuid not null,
    salt text not null check (salt <> ''),
    network text,
    device text,
    on_behalf_reason text,
    decided_at timestamptz not null
);
create index on decision_evidence (decided_at);

-- For everyone, the owner of the tables included.
create function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception 'rows of % are never changed or deleted', tg_table_name using errcode = 'restrict_violation';
end $$;
revoke all on function refuse_change() from public;
create trigger append_only before update or delete or truncate on decisions
for each statement execute function refuse_change();
create trigger append_only before update or delete or truncate on decision_heads
for each statement execute function refuse_change();
create trigger append_only before update or truncate on decision_evidence
for each statement execute function refuse_change();
