CREATE TYPE "Role" AS ENUM ('USER', 'it''s', 'ADMIN');
CREATE TYPE empty AS ENUM ();
ALTER TYPE "Role" ADD VALUE IF NOT EXISTS 'GUEST' BEFORE 'USER';
ALTER TYPE role ADD VALUE 'GUEST' AFTER 'USER';
ALTER TYPE role ADD VALUE 'GUEST';
ALTER TYPE role RENAME VALUE 'a' TO 'b';
ALTER TYPE "Role_new" RENAME TO "Role";
DROP TYPE IF EXISTS role, other CASCADE;
-- Guarded.
DO $$ BEGIN
    CREATE TYPE mood AS ENUM ('sad', 'ok');
EXCEPTION
    WHEN duplicate_object THEN null;
END $$;
DO $body$ BEGIN ALTER TABLE a ADD CONSTRAINT fk FOREIGN KEY (b) REFERENCES c(d); EXCEPTION WHEN duplicate_object OR duplicate_table THEN NULL; END; $body$ LANGUAGE plpgsql;
DO $$ BEGIN ALTER TABLE a ADD COLUMN b int; EXCEPTION WHEN duplicate_column THEN null; END $$;
-- Not that simple.
DO $$ BEGIN CREATE TYPE a AS ENUM ('b'); CREATE TYPE c AS ENUM ('d'); EXCEPTION WHEN duplicate_object THEN null; END $$;
DO $$ BEGIN CREATE TYPE a AS ENUM ('b'); EXCEPTION WHEN others THEN null; END $$;
DO $$ BEGIN IF NOT EXISTS (SELECT 1) THEN CREATE TYPE a AS ENUM ('b'); END IF; END $$;
CREATE TYPE pair AS (a int, b int);
CREATE TYPE span AS RANGE (subtype = int);
ALTER TYPE pair ADD ATTRIBUTE c int;
