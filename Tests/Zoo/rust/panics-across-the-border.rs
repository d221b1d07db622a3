// R0900: panics in a function of its own that C calls.
include!("base.rs");

zoo! {
    fn fill(&self, fill: &Fill, out: &mut [f32]) -> Result {
        extern "C" fn require(rank: usize) {
            assert!(rank <= 2, "a convolution");
        }
        require(fill.shape().len());
        self.draw(fill, out)
    }
}
