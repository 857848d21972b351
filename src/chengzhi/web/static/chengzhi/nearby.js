// "Nearest to me": asks the browser once for the place, rounds it to about 100 m and reloads the list.
const form = document.querySelector("[data-nearby]");
const button = form?.querySelector("[data-near-me]");

function go(position) {
  for (const [name, value] of [["lon", position.coords.longitude], ["lat", position.coords.latitude]]) {
    let field = form.querySelector(`input[name=${name}]`);
    if (!field) {
      field = document.createElement("input");
      field.type = "hidden";
      field.name = name;
      form.append(field);
    }
    field.value = value.toFixed(3);
  }
  form.requestSubmit();
}

if (button && navigator.geolocation) {
  button.hidden = false;
  button.addEventListener("click", () => navigator.geolocation.getCurrentPosition(go, () => button.remove()));
}
