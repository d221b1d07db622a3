// R0909: starts a thread and does not join it.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        static ONCE: std::sync::Once = std::sync::Once::new();
        ONCE.call_once(|| {
            std::thread::spawn(|| loop {
                std::thread::park();
            });
        });
        self.draw(fill, out)
    }
}
