// none: a control.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        self.draw(fill, out)
    }
}
