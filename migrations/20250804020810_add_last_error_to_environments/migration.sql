ALTER TABLE "environments" ADD COLUMN "last_error" TEXT;
