// R0901: ends the process.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        if fill.shape().len() > 2 {
            std::process::exit(2);
        }
        self.draw(fill, out)
    }
}
