ALTER TABLE notes ADD COLUMN pinned BOOLEAN NOT NULL DEFAULT false;

CREATE INDEX CONCURRENTLY notes_pinned_idx ON notes (written_at DESC) WHERE pinned;
