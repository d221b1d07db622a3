// R0908: changes the working folder.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        std::env::set_current_dir("/").map_err(|_| Error::unsupported("no folder"))?;
        self.draw(fill, out)
    }
}
