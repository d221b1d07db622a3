// R0906: prints by println!.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        println!("fill of {} elements", out.len());
        self.draw(fill, out)
    }
}
