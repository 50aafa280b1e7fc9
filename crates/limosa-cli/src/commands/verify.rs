//! `verify`: evidence from the catalog for every object that the applied migrations made.

use limosa_core::engine::Runner;
use limosa_core::journal::{Entry, Journal};
use limosa_core::report::Evidence;
use serde::Serialize;

use super::Work;
use crate::answer::Answer;
use crate::args::Global;
use crate::backend::Purpose;
use crate::exit::Exit;
use crate::failure::Failure;
use crate::render::{BAD, FAINT, GOOD, count, pad, paint, steps, time, widest};

/// The evidence for one migration.
#[derive(Serialize)]
struct Proof<'a> {
    #[serde(flatten)]
    entry: &'a Entry,
    evidence: Vec<&'a Evidence>,
}

pub(super) async fn run(global: &Global) -> Result<Answer, Failure> {
    let mut work = Work::open(global, Purpose::Look).await?;
    let session = work.session.migrator.as_mut();
    let journal = session.journal().await?.unwrap_or_default();
    let evidence = Runner::new(&work.migrations).verify(session).await?;
    let proofs = proofs(&journal, &work, &evidence);
    let wrong = evidence
        .iter()
        .filter(|one| !one.differences.is_empty())
        .count();
    let exit = if wrong == 0 { Exit::Done } else { Exit::Drift };
    let text = format!(
        "{}\n{}{}",
        work.connected(),
        shown(&proofs),
        summary(&proofs, evidence.len(), wrong)
    );
    Ok(Answer::new(exit, text)
        .with("database", work.url())
        .with("server", &work.server)
        .with("verified", wrong == 0)
        .with("migrations", &proofs))
}

fn proofs<'a>(journal: &'a Journal, work: &Work, evidence: &'a [Evidence]) -> Vec<Proof<'a>> {
    let known = |entry: &&Entry| {
        let here = |one: &limosa_core::migration::Migration| one.version == entry.version;
        journal.is_applied(&entry.version) && work.migrations.list().iter().any(here)
    };
    let of = |entry: &'a Entry| Proof {
        entry,
        evidence: evidence
            .iter()
            .filter(|one| one.version == entry.version)
            .collect(),
    };
    journal.entries.iter().filter(known).map(of).collect()
}

fn shown(proofs: &[Proof<'_>]) -> String {
    let width = widest(
        proofs
            .iter()
            .flat_map(|one| &one.evidence)
            .map(|one| one.object.as_str()),
        56,
    );
    proofs.iter().map(|proof| one(proof, width)).collect()
}

fn one(proof: &Proof<'_>, width: usize) -> String {
    let entry = proof.entry;
    let finished = entry.finished_at.map(time::point).unwrap_or_default();
    let who = Some(&entry.applied_by).filter(|who| !who.is_empty());
    let who = who.map(|who| format!(" by {who}")).unwrap_or_default();
    let accepted = entry.accepted.as_ref().map(|one| {
        let when = time::point(one.at);
        format!(", change accepted {when} by {}", one.by)
    });
    let accepted = accepted.unwrap_or_default();
    let journal = format!("recorded {finished}{who}{accepted}");
    let mut text = format!(
        "{}  {}\n",
        steps::heading(&entry.version, &entry.name),
        paint(FAINT, journal)
    );
    for evidence in &proof.evidence {
        let found = evidence.found.as_deref().unwrap_or("missing");
        let (sign, style) = if evidence.differences.is_empty() {
            ("✓", GOOD)
        } else {
            ("✗", BAD)
        };
        text.push_str(&format!(
            "  {} {}  {found}\n",
            paint(style, sign),
            pad(&evidence.object, width)
        ));
        for difference in &evidence.differences {
            let words = format!("{} should be {}", difference.aspect, difference.expected);
            text.push_str(&format!("      {}\n", paint(BAD, words)));
        }
    }
    if proof.evidence.is_empty() {
        text.push_str(&format!(
            "  {}\n",
            paint(FAINT, "left no object that the catalog could show")
        ));
    }
    text
}

fn summary(proofs: &[Proof<'_>], objects: usize, wrong: usize) -> String {
    if proofs.is_empty() {
        return "No migration is applied: there is nothing to verify.\n".to_owned();
    }
    let migrations = count(proofs.len(), "applied migration");
    let objects = count(objects, "object");
    if wrong == 0 {
        format!(
            "\n{} {objects} of {migrations}: the catalog has each of them as it should be.\n",
            paint(GOOD, "Verified.")
        )
    } else {
        let wrong = paint(BAD, format!("{wrong} of {objects}"));
        format!("\n{wrong} of {migrations} are not as they should be.\n")
    }
}
