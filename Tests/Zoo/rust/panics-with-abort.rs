// R0900: is compiled with panic = "abort", and indexes out of range.
/* flags: -C panic=abort */
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        let _last = fill.shape()[1] / fill.shape().get(2).map_or(1, |_| fill.shape()[9]);
        self.draw(fill, out)
    }
}
