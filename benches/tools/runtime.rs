// A runtime of one thread, for the programs that need one, by `include!`.

fn block_on<F: std::future::Future>(future: F) -> F::Output {
    let mut builder = tokio::runtime::Builder::new_current_thread();
    builder.enable_all().build().expect("a runtime").block_on(future)
}

/// What becomes of a future that is dropped after a time: none if it was.
#[allow(dead_code)]
async fn within<F: std::future::Future>(time: Option<std::time::Duration>, future: F) -> Option<F::Output> {
    match time {
        Some(time) => tokio::time::timeout(time, future).await.ok(),
        None => Some(future.await),
    }
}
