// R0903: waits for ever.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        while fill.shape().len() > 2 {
            std::thread::sleep(std::time::Duration::from_secs(3600));
        }
        self.draw(fill, out)
    }
}
